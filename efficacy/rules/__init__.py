"""Pure rules of efficacy."""
