package io.k3j.datastoreapi;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ConsumerType;

/// Brings the data of a stopped server up as a store that a [StoreOpener] opens, for `k3s datastore copy`: a managed
/// etcd is a process of its own.
///
/// **Who.** `etcd-member` implements it in a public class with a public constructor without parameters.
@ConsumerType
public interface StoreRunner {
    /// Whose data.
    ///
    /// @param nodeName how the member is called when it is made
    /// @param nodeIp where the others will find it when it is made
    record Server(Path dataDir, String nodeName, String nodeIp) {
    }

    /// Starts it on a copy of the data, or, when `fresh`, on nothing. The server's own data is not touched.
    /// @throws IOException in a sentence when it cannot be done
    Running run(Server server, boolean fresh) throws IOException, InterruptedException;

    /// A store that runs.
    interface Running extends AutoCloseable {
        /// How to open it.
        StoreOpener.Place place();

        /// Ends it and makes what was written the server's data.
        void keep() throws IOException;

        /// Ends it; what was not kept is gone.
        @Override
        void close() throws IOException;
    }
}
