"""What a pipeline runs: check and cost, plans of the stacks, the comment on a pull request (examples/pipelines)."""
