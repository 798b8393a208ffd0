/// The node's part of `rancher.io/local-path`: makes and deletes the directories of local volumes when the provisioner,
/// which runs on one server, asks for it on the kubelet's port. It has no rights of its own in the API.
///
/// | reads | writes |
/// |---|---|
/// | requests of the provisioner | directories below the paths of `local-path-config` |
@NullMarked
package io.k3j.localpath;

import org.jspecify.annotations.NullMarked;
