/// Small files that survive a power cut: written beside, synced, renamed, and the directory synced.
///
/// A library of one [DurableFiles], used for keys, tokens, records and choices. No state. Each call blocks for two
/// or three syncs of the disk and runs them on a thread of its own, so that an interrupt cannot close a channel
/// half way. What the disk refuses is an `IOException`, and the old content stays. See the man pages fsync(2) and
/// rename(2).
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.durablefiles;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
