/// The credentials of a server: everything K3s keeps in `server/tls`, `server/cred`, `server/token` and `agent`, made
/// when it is missing, kept while it is good, renewed before it runs out.
///
/// [Credentials] makes them in two steps, because the first start of a cluster waits for some of them only; [Renewal]
/// makes leaves again while the server runs; [ServerIdentity] and [KubeletIdentity] show them on the ports;
/// [JoinTokens] keeps the server token and changes it. Authorities are made once and never replaced here.
///
/// A library: its objects belong to the one who makes them, `supervisor`, which alone writes these files. Calls block
/// for the disk and for making keys (milliseconds each, an RSA key half a second); [Parallel] spreads them over
/// virtual threads, which end with the call. Safe for use by several threads where a class says so. What is damaged,
/// or is missing its other half, is an `IOException` with the file and the next step; nothing is overwritten then.
/// Source: K3s' `pkg/daemons/control/deps`.
@NullMarked
package io.k3j.servercredentials;

import org.jspecify.annotations.NullMarked;
