"""Where the exemplars of a data set are learnt.

plan.py             what is to be trained, and how it ended
run_archive.py      a run's folder as bytes, and back
task_file.py        a training as bytes, and back
package_source.py   this package as bytes, for a machine that does not have it
local/              in this process: sequential.py one after the other, stacked.py several at a time
ray/                a task for each exemplar on a Ray cluster; ray_runs.py follows them, ray_task.py is what the workers do
hf_jobs/            a job for each exemplar on the Hub; hub_jobs.py starts them, by job_command.py, hub_task.py is what they
                    do, and run_repository.py the data set repository that tasks and runs go through
"""
