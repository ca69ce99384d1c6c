"""What a report says, computed purely from rows as they were at the cut-off; knows nothing of layout."""
