/// The only writer of nftables: runs `nft` for the components that own tables.
///
/// Reads and writes the kernel's tables for other bundles and has no state, so a swap loses nothing. Hears of
/// transactions that others have made through a netlink socket and tells the owners of tables.
@NullMarked
package io.k3j.packetfilter;

import org.jspecify.annotations.NullMarked;
