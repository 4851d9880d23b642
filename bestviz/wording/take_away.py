"""The words of the section "Take away"."""

TITLE = "Take away"
MADE = "Hand-outs are one page each, without a name. They are made when you ask for them and stored nowhere."
NO_PDF = (
    "This machine cannot make PDF files (the library pango is missing), so hand-outs are pages to open and print "
    "in a browser."
)
CASE_FILE = "The case file holds everything that is entered. Open it there again with “Open a case”."
BUTTONS = {"patient": "Hand-out for the patient", "chart": "Hand-out for the chart"}
TEXT = "Text for the chart"
