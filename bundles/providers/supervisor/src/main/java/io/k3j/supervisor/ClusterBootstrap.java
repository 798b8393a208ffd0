package io.k3j.supervisor;

import io.k3j.clusteragreement.ServerJoin;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import io.k3j.secretsencryption.EncryptionKeeper;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// How this server becomes a member of its cluster: known from an earlier start, by the server to join, or by the
/// datastore, which is asked as soon as it is available. K3s' bootstrap of a cluster; but a server that is known
/// prepares itself before the datastore has answered.
final class ClusterBootstrap {
    private final Server server;
    private final ClusterMembership cluster;
    private final DatastoreWait datastores;
    private final Services services;
    private final RandomGenerator random;

    /// This server as it was started.
    record Server(ServerLayout layout, SupervisorSettings settings, OwnConfig own) {
        /// Whether it runs etcd itself, or its cluster does.
        boolean managed() {
            return DatastoreKind.managed(settings, layout);
        }

        /// Whether other servers may use its datastore as well.
        boolean shared() {
            return !settings.datastoreEndpoint().isEmpty() || managed();
        }

        private ServerJoin joining() throws IOException {
            return new ServerJoin(layout, settings, own.server(layout), own.configuration(layout));
        }
    }

    /// @param random makes encryption keys
    ClusterBootstrap(Server server, ClusterMembership cluster, DatastoreWait datastores, Services services,
            RandomGenerator random) {
        this.server = server;
        this.cluster = cluster;
        this.datastores = datastores;
        this.services = services;
        this.random = random;
    }

    /// Joins the cluster of another server, or asks the datastore, where that is needed. Blocks for the datastore only
    /// where nothing can be prepared without its answer.
    /// @return what is still to be waited for
    /// @throws IOException when this server is refused
    ClusterAdmission begin() throws IOException {
        return admitted() ? ClusterAdmission.GIVEN : again();
    }

    /// Asks the datastore in the background, with the files that are on disk now.
    ClusterAdmission again() {
        return new ClusterAdmission(this::admit);
    }

    /// Whether the datastore has admitted this server already; otherwise it is asked as soon as it is available.
    private boolean admitted() throws IOException {
        ServerLayout layout = server.layout();
        boolean managed = server.managed();
        if (DatastoreKind.joins(server.settings(), layout) && !cluster.known()) {
            server.joining().join();
            return false;
        }
        if (cluster.known()) {
            return false;
        }
        if (ClusterMembership.fresh(layout, () -> !server.settings().datastoreEndpoint().isEmpty())) {
            if (!managed) {
                // an embedded datastore that was never opened cannot contradict this server
                EncryptionKeeper.ensure(layout, server.settings(), random);
                services.condition(Phases.CLUSTER_AGREED);
            }
            return false;
        }
        // after a restore on a new host there are authorities, but no certificates signed by them yet
        if (managed && !(cluster.hasAuthorities() && Files.exists(layout.tls("etcd/server-client.crt")))) {
            return false;
        }
        if (managed) {
            // etcd starts with the certificates it has; all others wait until the datastore has answered
            services.condition(Services.ETCD_PKI_READY);
        }
        boolean stale = admit() && managed;
        if (stale) {
            // etcd started with the replaced certificates, so it is asked again with the current ones
            services.withdraw();
        }
        return !stale;
    }

    /// Asks the datastore as soon as it is available. With an embedded one nothing else has to be agreed.
    /// @return whether files on disk were replaced, even without the datastore, so that it has to be asked
    ///        again
    private boolean admit() throws IOException {
        Optional<Datastore> datastore = available();
        if (datastore.isEmpty()) {
            return true;
        }
        boolean stale = datastores.untilAvailable(() -> cluster.admit(datastore.get()));
        EncryptionKeeper.ensure(server.layout(), server.settings(), random);
        if (!datastore.get().shared()) {
            services.condition(Phases.CLUSTER_AGREED);
        }
        return stale;
    }

    /// Blocks until there is a datastore, or until newer authorities were written without which there would be
    /// none.
    private Optional<Datastore> available() throws IOException {
        if (!server.managed()) {
            return Optional.of(datastores.datastore());
        }
        return datastores.datastoreOrAuthorities(server.settings(),
                new JoinTokens(server.layout(), server.settings()), server.joining());
    }

    /// Makes this server a member with its credentials ([ClusterMembership#complete]), in the datastore bound now: a
    /// datastore held across a retry may have been unbound, and an unbound one must not be used.
    /// @param work follows the record from then on
    /// @return false when it adopted another record: the credentials have to be made again
    boolean complete(Work work) throws IOException {
        return datastores.untilAvailable(() -> {
            Datastore datastore = datastores.datastore();
            boolean done = cluster.complete(datastore);
            if (done) {
                // the server needs the cluster's encryption keys before it writes a Secret
                work.follow(datastore, true);
            }
            return done;
        });
    }
}
