/// Directories, files and mounts of this node that containers can change: opened, deleted, mounted and locked in ways
/// that hold while they do.
///
/// **Promise.** What a [Handles.Handle] stands for is opened one name after the other, and never through a link a
/// container made (ADR 0090); [FileRoots], [FileReader], [LocalDirectories] and [Trees] reach nothing else either.
/// [Mounts] makes and ends mounts without asking a file system that may not answer. [PodDirectories] are what keeps
/// other users of the node away from the files of pods. [NamedLocks] let nobody wait but who wants the same thing.
///
/// **Threads.** Any; one platform thread for each [Mounts], which ends when idle, makes and ends all mounts, because
/// the kernel keeps anyone who waits for its mount table. **Blocking.** Every method, for the disk, mounts or who has
/// the lock. **Errors.** An `IOException` where files or mounts are left, with the number of the kernel's error where
/// it is all there is. Nothing is kept between calls but what is open or locked. See the man pages openat(2),
/// mount(2) and proc_pid_mountinfo(5).
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.nodefiles;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
