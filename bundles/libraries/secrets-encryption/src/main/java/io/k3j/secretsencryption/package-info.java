/// `k3s secrets-encrypt` on a server: the stages of a key rotation, the same encryption configuration on every server,
/// and every Secret written once more under the new key (ADR 0071).
///
/// A change is in the bootstrap record before it is on any disk; the other servers take it over ([EncryptionKeeper])
/// and say so ([EncryptionMarks]), and the next stage is refused until all have ([EncryptionRequests]). Keys and rows
/// themselves are of the library `encryption`; who reads the configuration file is the API server.
///
/// A library: its objects belong to the one who makes them, `supervisor`, which hands requests on and calls
/// `EncryptionKeeper.step` when the record may have changed. Calls block for the datastore, the disk and the API. One
/// virtual thread of its own, while Secrets are written again; closing [EncryptionRequests] ends it. What cannot be
/// done is a `Refusal` with the next step; what can be done later is tried again at the next step. Source: K3s'
/// `pkg/server/handlers/secrets-encrypt.go`.
///
/// ```
///    PUT /v1-k3s/encrypt/config ──► EncryptionRequests ──► EncryptionKeeper.change ──► bootstrap record ──► disk
///                                          │                                                  │
///                                          │ all have it? ◄── EncryptionMarks ◄── step ◄── other servers
///                                          └──► Reencryption: each Secret once more
/// ```
@NullMarked
package io.k3j.secretsencryption;

import org.jspecify.annotations.NullMarked;
