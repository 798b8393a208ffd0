/// Small files that survive a power cut: written beside, synced, renamed, and the directory synced.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.durablefiles;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
