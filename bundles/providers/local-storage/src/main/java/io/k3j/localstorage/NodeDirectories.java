package io.k3j.localstorage;

import io.k3j.model.Obj;
import java.io.IOException;

/// The directories on nodes: the nodes themselves, or what a test says. Blocks; what was done before is done again
/// without harm.
interface NodeDirectories {
    /// Makes a directory.
    /// @throws IOException with the node's reason
    void make(Obj node, String parent, String name) throws IOException;

    /// Deletes a directory with its content.
    /// @throws IOException with the node's reason
    void delete(Obj node, String parent, String name) throws IOException;
}
