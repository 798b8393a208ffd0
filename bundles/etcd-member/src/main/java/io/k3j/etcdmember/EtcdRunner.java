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

/// The managed etcd of a stopped server as a store for `k3s datastore copy`.
public final class EtcdRunner implements StoreRunner {
    private static final Ports PORTS = new Ports(2379, 2380, 2381);

    /// For the command, which knows it by name.
    public EtcdRunner() {
        // nothing to keep
    }

    @Override
    public Running run(Server server, boolean fresh) throws IOException, InterruptedException {
        Places places = new Places(server.dataDir());
        check(places, fresh);
        Path work = places.data().resolveSibling("etcd-copying");
        Workshop.clear(work);
        Files.createDirectories(work.getParent());
        try {
            MemberConfig config = new MemberConfig(places, MemberName.of(places, server.nodeName(),
                    new SecureRandom()), server.nodeIp(), PORTS, "", false, "127.0.0.1", Map.of());
            Path etcd = Programs.find("etcd", Optional.ofNullable(System.getenv("PATH")));
            if (!fresh) {
                DataVersion.check(places, etcd);
                Reset.copy(places.data(), work);
            }
            return new Copy(config, work, Workshop.open(config, etcd, work, !fresh));
        } catch (MemberFault e) {
            Tombstone.delete(work);
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void check(Places places, boolean fresh) throws IOException {
        if (!Files.exists(places.tls("client.key"))) {
            throw new IOException(places.dataDir() + " is no server's data directory: there are no certificates for"
                    + " etcd in it; start a server on it once");
        }
        if (new EtcdProcess(places, Path.of("etcd")).found()) {
            throw new IOException("the managed etcd of " + places.dataDir() + " still runs; stop the server first");
        }
        if (fresh == places.initialized()) {
            throw new IOException(fresh ? places.data() + " is not empty; move it away to copy there"
                    : "there is no managed etcd in " + places.data());
        }
    }

    private record Copy(MemberConfig config, Path work, Workshop workshop) implements Running {
        @Override
        public StoreOpener.Place place() {
            Places places = config.places();
            return new StoreOpener.Place(workshop.endpoint(), places.dataDir(),
                    List.of(places.tls("server-ca.crt").toString(), places.tls("client.crt").toString(),
                            places.tls("client.key").toString()));
        }

        @Override
        public void keep() throws IOException {
            workshop.deliver(config, new Workshop.Mark("", ""));
        }

        @Override
        public void close() throws IOException {
            workshop.close();
            Tombstone.delete(work);
        }
    }
}
