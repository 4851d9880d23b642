"""What one patient should consider, why, and how sure we are: the fitted model, the patient and the answer."""
