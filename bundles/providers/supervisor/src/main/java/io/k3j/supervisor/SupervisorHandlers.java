package io.k3j.supervisor;

import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.clusteragreement.NextAuthorities;
import io.k3j.clusteragreement.Parity;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.componentapi.ClusterDecisions;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.componentapi.TimeSource;
import io.k3j.datastoreapi.Datastore;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Struct;
import io.k3j.nodetunnels.EgressDialer;
import io.k3j.nodetunnels.NodeTunnels;
import io.k3j.pki.PemFiles;
import io.k3j.processprofiles.ProcessProfiles;
import io.k3j.secretsencryption.EncryptionKeeper;
import io.k3j.secretsencryption.EncryptionMarks;
import io.k3j.secretsencryption.EncryptionRequests;
import io.k3j.servercredentials.ComponentIdentity;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.servercredentials.KubeletIdentity;
import io.k3j.servercredentials.Renewal;
import io.k3j.servercredentials.ServerIdentity;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.ServerNames;
import io.k3j.servercredentials.SupervisorSettings;
import io.k3j.staticfiles.StaticFiles;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Replies;
import io.k3j.supervisorrequests.RequestHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Assembles the request handlers of this server from its credentials.
final class SupervisorHandlers {
    private final ServerLayout layout;
    private final SupervisorSettings settings;
    private final OwnConfig own;
    private final NodeSecrets secrets;
    private final Supplier<@Nullable Datastore> datastore;
    private final TimeSource clock = TimeSource.system();
    private final SecureRandom random = new SecureRandom();

    SupervisorHandlers(ServerLayout layout, SupervisorSettings settings, OwnConfig own, NodeSecrets secrets,
            Supplier<@Nullable Datastore> datastore) {
        this.layout = layout;
        this.settings = settings;
        this.own = own;
        this.secrets = secrets;
        this.datastore = datastore;
    }

    /// Registers the services and the condition `io.k3j.pki-ready`.
    Work register(Credentials credentials, Services services) throws IOException {
        List<Runnable> readers = new CopyOnWriteArrayList<>();
        Work work = work(credentials, readers);
        believeKnownFrontProxies(work.identity());
        NodeTunnels tunnels = new NodeTunnels(random, Runtime.getRuntime().maxMemory());
        services.onWithdraw(tunnels::close);
        services.onWithdraw(work.encryption()::close);
        services.register(ListenerIdentity.class, work.identity(), Endpoint.PORT, ListeningSockets.SERVER);
        services.register(Endpoint.class, endpoint(work, tunnels), Endpoint.PORT, ListeningSockets.SERVER);
        services.register(Endpoint.class, new StaticFiles(layout.server("static")), Endpoint.PORT,
                ListeningSockets.SERVER);
        if (settings.enablePprof()) {
            services.register(Endpoint.class, new ProcessProfiles(Path.of(settings.dataDir())), Endpoint.PORT,
                    ListeningSockets.SERVER);
        }
        if (settings.disableApiserver()) {
            services.register(Endpoint.class, new NoApiServer(), Endpoint.PORT, ListeningSockets.SERVER);
        }
        if (Credentials.ownNode(settings)) {
            KubeletIdentity kubelet = new KubeletIdentity(layout);
            readers.add(kubelet::read);
            services.register(ListenerIdentity.class, ComponentIdentity.ofKubelet(kubelet, settings.kubeletArg()),
                    Endpoint.PORT, ListeningSockets.KUBELET);
            secrets.ensureLater(settings.nodeName(), presented());
        }
        services.register(NodeDialer.class, new EgressDialer(settings.egressSelectorMode(), settings.nodeName(),
                tunnels, secrets), "mode", settings.egressSelectorMode());
        ClusterRecord decisions = new ClusterRecord(datastore, settings.nodeName());
        services.onWithdraw(decisions::close);
        services.register(ClusterDecisions.class, decisions, "name", settings.nodeName());
        services.condition(Services.PKI_READY);
        return work;
    }

    /// Registers the certificates of the ports of scheduler and controllers, which are there when all are, as the
    /// condition `io.k3j.authorities-ready` says.
    /// @throws IOException naming the argument or the file that cannot be used
    void components(Work work, Services services) throws IOException {
        services.condition(Services.AUTHORITIES_READY);
        services.register(ListenerIdentity.class, ComponentIdentity.of(layout, ListeningSockets.SCHEDULER,
                work.identity(), settings.kubeSchedulerArg()), Endpoint.PORT, ListeningSockets.SCHEDULER);
        services.register(ListenerIdentity.class, ComponentIdentity.of(layout, ListeningSockets.CONTROLLERS,
                work.identity(), settings.kubeControllerManagerArg()), Endpoint.PORT, ListeningSockets.CONTROLLERS);
    }

    /// Before anybody can connect: a connection keeps for its life what its handshake has found. Where the authority is
    /// not there yet, at a first start, nobody can have a certificate of it.
    private void believeKnownFrontProxies(ServerIdentity identity) throws IOException {
        identity.frontProxyAuthorities(
                PemFiles.certificates(layout.tls("request-header-ca.crt")).stream().limit(1).toList());
    }

    private NodeSecrets.Presented presented() throws IOException {
        PasswordProof proof = new PasswordProof(layout, settings);
        return new NodeSecrets.Presented(proof.password(),
                NodeName.contested(settings, layout) ? Optional.of(proof) : Optional.empty());
    }

    private Work work(Credentials credentials, List<Runnable> readers) throws IOException {
        EncryptionKeeper keeper = new EncryptionKeeper(layout, datastore, Work.password(credentials),
                new EncryptionMarks(own.server(layout), secrets::api, clock), clock, random);
        return new Work(credentials,
                new ServerIdentity(layout, settings, credentials.authorities(), clock, random),
                new Renewal(credentials, clock, random, readers),
                new EncryptionRequests(keeper, settings, new NodeEvents("secrets-reencrypt", clock)::write, clock,
                        random),
                new TokenRotation(new JoinTokens(layout, settings), credentials, clock, random),
                new NextAuthorities(layout, Work.password(credentials), random));
    }

    /// The endpoint on the server's port.
    SupervisorEndpoint endpoint(Credentials credentials, NodeTunnels tunnels) throws IOException {
        return endpoint(work(credentials, List.of()), tunnels);
    }

    private SupervisorEndpoint endpoint(Work work, NodeTunnels tunnels) throws IOException {
        Credentials credentials = work.credentials();
        Path password = Credentials.nodePasswordFile(settings, layout);
        NodeGate gate = new NodeGate(settings.nodeName(), password, secrets, settings.disableApiserver(),
                tunnels::open);
        NodeNames names = new NodeNames(new ServerNames(settings), new OtherServers(secrets, datastore), secrets);
        CertificateSigning signing = new CertificateSigning(layout, credentials.authorities(), names, gate, clock,
                random);
        String address = settings.disableApiserver() ? ""
                : ApiServers.join(settings.advertiseAddress(), settings.httpsListenPort());
        AgentRequests agents = new AgentRequests(credentials.authorities(), signing,
                new ApiServers(secrets, address, datastore), own.configuration(layout));
        return new SupervisorEndpoint(
                new RequestAuthenticator(credentials.passwords(), new BootstrapTokens(secrets, clock)),
                credentials.authorities(),
                agents, servers(work), tunnels);
    }

    private Map<String, RequestHandler> servers(Work work) throws IOException {
        return Map.of("encrypt/status", work.encryption(), "encrypt/config", work.encryption(), "cert/rotate",
                new CertificateRequests(work.renewal(), work.identity()), "cert/cacerts",
                new AuthorityRequests(datastore, work.password(), clock, random),
                "server-bootstrap", (exchange, requester) -> bootstrap(exchange, work),
                "server-config", new ConfigRequests(datastore, work.password(), own.server(layout), clock, random),
                "/db/info", (exchange, requester) -> members(exchange),
                "token", new ServerTokenRequests(datastore, work.token()));
    }

    /// The bootstrap record in plain text, for servers that join etcd; from disk while there is no datastore.
    private void bootstrap(Exchange exchange, Work work) throws IOException, Refusal {
        if (!DatastoreKind.managed(settings, layout)) {
            throw new Refusal(400, "etcd disabled");
        }
        Datastore store = datastore.get();
        Optional<Struct> record = store == null ? Optional.empty()
                : new BootstrapData(store, work.password().get(), random).read();
        Replies.json(exchange, record.isPresent() ? record.get() : new BootstrapFiles(layout).read(Optional.empty()));
    }

    /// The etcd members as a server without etcd knows them, for servers that join through this one.
    private void members(Exchange exchange) throws IOException, Refusal {
        if (!settings.disableEtcd()) {
            throw new Refusal(400, "etcd datastore disabled");
        }
        Optional<String> known = PemFiles.read(layout.server("db/etcd-members.json"));
        Replies.json(exchange, known.map(SupervisorHandlers::tree)
                .orElseThrow(() -> new Refusal(503, "the members of etcd are not known yet")));
    }

    private static Struct tree(String text) {
        try {
            return Json.object(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedInput damaged) {
            return Struct.EMPTY;
        }
    }

    /// Starts to follow the bootstrap record, and creates the upkeep loop.
    Upkeep upkeep(Parity.Mine mine, Work work, Supplier<@Nullable Components> components, Services services,
            Health health) {
        RecordWatch records = new RecordWatch(datastore, work::follow, health);
        services.onWithdraw(records::close);
        records.start();
        ConfigDrift drift = new ConfigDrift(mine, work.password(), components, new NodeConditions(secrets::api, clock));
        CertificateEvents certificates = new CertificateEvents(layout.dataDir(), settings.nodeName(), secrets::api,
                clock);
        return new Upkeep(datastore, mine, secrets, clock, drift, work,
                settings.disableAgent() ? certificates::step : () -> {
                });
    }
}
