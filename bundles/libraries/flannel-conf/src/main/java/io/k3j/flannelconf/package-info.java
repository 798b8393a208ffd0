/// flannel's configuration of a node, `net-conf.json`
/// (<https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md>): read from the file of
/// `--flannel-conf`, or made of the servers' flags. The command line checks the file with it before anything is
/// started, the pod network is built by it.
///
/// Immutable values; any thread. [FlannelConf#read] blocks for the disk, nothing else blocks. What cannot be read or
/// contradicts itself is an [IllegalArgumentException] that says what, where and what to write instead.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.flannelconf;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
