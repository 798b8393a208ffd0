package io.k3j.kubeletclient;

import java.io.IOException;
import javax.net.ssl.SSLContext;

/// Who a component of a server is to nodes, and whose certificates of nodes it believes. Any thread.
public interface ClientIdentity {
    /// The context to connect with; the same one while nothing has changed. Blocks on the disk.
    /// @throws IOException when certificates cannot be read
    SSLContext context() throws IOException;
}
