/// A node, seen from the components that run on it: its container runtime, its pod network, its
/// packet filter. Values that CRI defines are trees in CRI's own words.
@Export
@Version("1.5.0")
@NullMarked
package io.k3j.nodeapi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
