package io.k3j.apiservercontrollers;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.flowcontrol.FlowController;
import io.k3j.objectregistry.Storage;
import io.k3j.watchcache.Store;
import java.time.InstantSource;

/// What an API server keeps up by itself, whatever it is asked: history in the datastore is compacted from the
/// beginning; from [#start] on the Service `kubernetes` leads to the servers that are alive, and the objects of API
/// priority and fairness and the server's identity lease are there. One for each server that has loaded its objects.
///
/// **Threads.** One virtual thread for each part, which waits most of the time. Methods are for one thread at a
/// time, but for [#close].
public final class ServerControllers implements AutoCloseable {
    private final Compactor compactor;
    private final Peers peers;
    private final BootstrapObjects objects;
    private final ServerEndpoints endpoints;
    private final FlowControlKeeper keeper;
    private final IdentityLease identity;

    /// The server whose controllers these are.
    ///
    /// @param storage the objects, and the records of servers
    /// @param store the datastore that is compacted
    /// @param client of the server itself, which nobody refuses anything
    /// @param flows classifies its requests
    /// @param health where loops report
    public record Host(Storage storage, Store store, ApiClient client, FlowController flows, Health health) {
    }

    /// Begins to compact; the first time after an interval.
    ///
    /// @param own where clients in the cluster reach this server
    /// @param serviceIp the address of the Service `kubernetes`, the first of the service network
    /// @param identity what others know this server by
    public ServerControllers(Host host, Peer own, String serviceIp, IdentityLease.Identity identity) {
        this.compactor = new Compactor(host.store, host.storage.log(), host.health);
        this.peers = new Peers(host.storage, own, System::nanoTime, host.health);
        this.objects = new BootstrapObjects(host.client, serviceIp, own.port());
        this.endpoints = new ServerEndpoints(host.client);
        this.keeper = new FlowControlKeeper(new FlowControlObjects(host.client),
                new FlowSchemaStatus(host.client, host.flows, InstantSource.system()), host.flows::changes,
                host.health);
        this.identity = new IdentityLease(host.client, identity, InstantSource.system(), host.health);
    }

    /// Creates the namespaces and the Service that every cluster starts with. Idempotent; blocks for calls of the
    /// API.
    ///
    /// @throws io.k3j.clientapi.ApiFault when a read or write fails
    public void bootstrap() {
        objects.run();
    }

    /// Tells the other servers of this one, and has the Service lead to all that are alive. Idempotent; blocks for
    /// calls of the API.
    ///
    /// @throws io.k3j.clientapi.ApiFault when a read or write fails
    public void enter() {
        endpoints.reconcile(peers.step());
    }

    /// Keeps all that up from now on; once. Does not block.
    ///
    /// @param changes tells when flow schemas or priority levels have changed
    public void start(FlowControl changes) {
        peers.follow(objects::keep);
        changes.listen(keeper::changed);
        keeper.start();
        identity.start();
    }

    /// Stops. What is kept up stays as it is, for a successor; nobody is waited for.
    @Override
    public void close() {
        compactor.close();
        peers.close();
        keeper.close();
        identity.close();
    }
}
