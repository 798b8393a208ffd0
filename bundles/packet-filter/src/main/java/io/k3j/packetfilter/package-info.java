/// The one hand on nftables: runs `nft` for the components that own tables.
///
/// Reads and writes the kernel's tables on behalf of others; keeps nothing itself, so a swap loses nothing.
@NullMarked
package io.k3j.packetfilter;

import org.jspecify.annotations.NullMarked;
