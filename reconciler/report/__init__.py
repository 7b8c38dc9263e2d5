"""Reports: values become text, one file per format. Nothing here prints."""
