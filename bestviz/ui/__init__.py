"""What the pages share: widgets, session state, theme, caching. The only package that imports streamlit."""
