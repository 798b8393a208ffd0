/// Programs of the host: short ones are run for a bounded time and say something ([Command]), long ones outlive
/// this process and are adopted by its successor ([Daemon], [ProcessRecord]), and those trusted with little end with
/// their owner ([AttachedProcess]). Arguments are lists that no shell reads.
///
/// Calls block as long as they say; output is read on virtual threads, for which the caller waits a second at most
/// once the program has ended. A program that is not there is an `IOException`, one that fails is an answer. Linux
/// only: a process is known again by `/proc/PID/stat`.
@Export
@Version("1.4.0")
@NullMarked
package io.k3j.childprocess;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
