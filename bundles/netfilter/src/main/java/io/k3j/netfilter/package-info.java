/// nftables transactions as values. See <https://wiki.nftables.org/wiki-nftables/index.php/Main_Page>.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.netfilter;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
