/// nftables transactions as values. See <https://wiki.nftables.org/wiki-nftables/index.php/Main_Page>.
///
/// [NftTable] says what a table should hold; `PacketFilter`, whose provider carries it out, is given the script that
/// comes out. That is pure: no threads, no blocking, no errors of its own. [TableWriter] does both for an owner that
/// writes a table again and again.
@Export
@Version("1.1.0")
@NullMarked
package io.k3j.netfilter;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
