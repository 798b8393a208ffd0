/// One operation of Helm, in a process of its own: `helm-controller` starts it with a directory that holds what is to
/// be done, and reads there how it went. Helm is Go's, by the Java binding `helm-java`; what it has loaded cannot be
/// unloaded, so it never enters the server's process.
///
/// ```
/// request.properties ─► Main ─► Operation ─► helm-java ─► Helm (Go) ─► the API
///                        ▲         └──► result.properties
///       a byte on the standard input every now and then, or it ends
/// ```
///
/// Nothing secret is on the command line or in the environment; the directory is for its owner only.
@NullMarked
package io.k3j.helm;

import org.jspecify.annotations.NullMarked;
