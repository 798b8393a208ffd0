package io.k3j.etcdmember;

import io.k3j.datastoreapi.StoreOpener;
import io.k3j.datastoreapi.StoreRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs the managed etcd of a stopped server as a store for `k3s datastore copy`.
public final class EtcdRunner implements StoreRunner {
    private static final EtcdPorts PORTS = new EtcdPorts(2379, 2380, 2381);

    /// For the command, which instantiates it by name.
    public EtcdRunner() {
        // no state
    }

    @Override
    public Running run(Server server, boolean fresh) throws IOException, InterruptedException {
        EtcdLayout layout = new EtcdLayout(server.dataDir());
        check(layout, fresh);
        Path scratchDirectory = layout.data().resolveSibling("etcd-copying");
        ScratchEtcd.clear(scratchDirectory);
        Files.createDirectories(scratchDirectory.getParent());
        try {
            MemberConfig config = new MemberConfig(layout, MemberName.of(layout, server.nodeName(),
                    new SecureRandom()), server.nodeIp(), PORTS, "", false, "127.0.0.1", Map.of());
            Path etcd = Programs.find("etcd", Optional.ofNullable(System.getenv("PATH")));
            if (!fresh) {
                DataVersion.check(layout, etcd);
                ClusterReset.copy(layout.data(), scratchDirectory);
            }
            return new Copy(config, scratchDirectory, ScratchEtcd.open(config, etcd, scratchDirectory, !fresh));
        } catch (MemberFault e) {
            Tombstone.delete(scratchDirectory);
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void check(EtcdLayout layout, boolean fresh) throws IOException {
        if (!Files.exists(layout.tls("client.key"))) {
            throw new IOException(layout.dataDir() + " is no server's data directory: there are no certificates for"
                    + " etcd in it; start a server on it once");
        }
        if (new EtcdProcess(layout, Path.of("etcd")).found()) {
            throw new IOException("the managed etcd of " + layout.dataDir() + " still runs; stop the server first");
        }
        if (fresh == layout.initialized()) {
            throw new IOException(fresh ? layout.data() + " is not empty; move it away to copy there"
                    : "there is no managed etcd in " + layout.data());
        }
    }

    private record Copy(MemberConfig config, Path scratchDirectory, ScratchEtcd scratch) implements Running {
        @Override
        public StoreOpener.Place place() {
            EtcdLayout layout = config.layout();
            return new StoreOpener.Place(scratch.endpoint(), layout.dataDir(),
                    List.of(layout.tls("server-ca.crt").toString(), layout.tls("client.crt").toString(),
                            layout.tls("client.key").toString()));
        }

        @Override
        public void keep() throws IOException {
            scratch.deliver(config, new ScratchEtcd.Mark("", ""));
        }

        @Override
        public void close() throws IOException {
            scratch.close();
            Tombstone.delete(scratchDirectory);
        }
    }
}
