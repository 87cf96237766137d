"""Where the exemplars of a data set are learnt: here one after the other, on a Ray cluster, or as jobs of the Hugging Face Hub.

plan.py             what is to be trained, and how it ended
here.py             one after the other, in this process
parcel.py           a run's folder as bytes, and back
task_file.py        a training as bytes, and back
ray_cluster.py      a task an exemplar on a Ray cluster; ray_runs.py follows them, and ray_task.py is what the workers do
hf_jobs.py          a job an exemplar on the Hub; hub_jobs.py starts them, by job_command.py, and hub_task.py is what they do
run_repository.py   the data set repository that tasks and runs go through, and source.py the package that goes with them
"""
