"""What a deployment needs beside the product: database roles and the container's health question."""
