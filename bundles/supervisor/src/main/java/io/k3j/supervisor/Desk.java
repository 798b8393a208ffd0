package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.datastoreapi.Datastore;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Puts together what answers for this server once it has its credentials.
final class Desk {
    private final Layout layout;
    private final Settings settings;
    private final Own own;
    private final NodeSecrets secrets;
    private final Supplier<@Nullable Datastore> datastore;
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final List<Runnable> readers = new ArrayList<>();
    private @Nullable EncryptionKeeper encryption;
    private volatile @Nullable Renewal renewal;
    private volatile @Nullable ServerIdentity identity;

    Desk(Layout layout, Settings settings, Own own, NodeSecrets secrets, Supplier<@Nullable Datastore> datastore) {
        this.layout = layout;
        this.settings = settings;
        this.own = own;
        this.secrets = secrets;
        this.datastore = datastore;
    }

    /// Registers everything others wait for.
    void open(Credentials credentials, Services services) throws IOException {
        readers.clear();
        ServerIdentity server = new ServerIdentity(layout, settings, credentials.authorities(), clock, random);
        Tunnels tunnels = new Tunnels(random);
        services.then(tunnels::close);
        services.then(this::forget);
        identity = server;
        services.register(ListenerIdentity.class, server, Endpoint.PORT, ListeningSockets.SERVER);
        services.register(Endpoint.class, endpoint(credentials, tunnels), Endpoint.PORT, ListeningSockets.SERVER);
        if (settings.disableApiserver()) {
            services.register(Endpoint.class, new NoApiServer(), Endpoint.PORT, ListeningSockets.SERVER);
        }
        if (Credentials.ownNode(settings)) {
            KubeletIdentity kubelet = new KubeletIdentity(layout);
            readers.add(kubelet::read);
            services.register(ListenerIdentity.class, kubelet, Endpoint.PORT, ListeningSockets.KUBELET);
            String password = PemFiles.read(Credentials.nodePasswordFile(settings, layout)).orElse("").strip();
            secrets.ensureLater(settings.nodeName(), password);
        }
        renewal = new Renewal(credentials, clock, random, readers);
        services.register(NodeDialer.class, new EgressDialer(settings.egressSelectorMode(), settings.nodeName(),
                tunnels, secrets, new DirectDialer()), "mode", settings.egressSelectorMode());
        services.condition(Services.PKI_READY);
    }

    /// What answers on the server's port.
    SupervisorEndpoint endpoint(Credentials credentials, Tunnels tunnels) throws IOException {
        Path password = Credentials.nodePasswordFile(settings, layout);
        NodeGate gate = new NodeGate(settings.nodeName(), password, secrets, settings.disableApiserver());
        CertificateSigning signing = new CertificateSigning(layout, credentials.authorities(), gate, clock, random);
        String address = settings.disableApiserver() ? ""
                : ApiServers.join(settings.advertiseAddress(), settings.httpsListenPort());
        AgentRequests agents = new AgentRequests(credentials.authorities(), signing,
                new ApiServers(secrets, address, datastore), own.configuration(layout));
        return new SupervisorEndpoint(
                new Askers(credentials.passwords(), new BootstrapTokens(secrets, clock)), credentials.authorities(),
                agents, servers(credentials), tunnels);
    }

    private static Supplier<String> password(Credentials credentials) {
        return () -> credentials.passwords().row("server").orElseThrow().password();
    }

    private void rotate(Exchange exchange, Asker asker) throws IOException, Refusal {
        Renewal certificates = renewal;
        ServerIdentity server = identity;
        if (certificates == null || server == null) {
            throw new Refusal(503, "runtime core not ready");
        }
        new CertificateRequests(certificates, server).answer(exchange, asker);
    }

    private void forget() {
        EncryptionKeeper keeper = encryption;
        if (keeper != null) {
            keeper.close();
        }
    }

    private EncryptionKeeper encryption(Credentials credentials) throws IOException {
        EncryptionMarks marks = new EncryptionMarks(own.server(layout), secrets, clock);
        EncryptionKeeper keeper = new EncryptionKeeper(layout, datastore, password(credentials), marks, clock, random);
        encryption = keeper;
        return keeper;
    }

    private Map<String, Answerer> servers(Credentials credentials) throws IOException {
        Answerer encrypt = new EncryptionRequests(encryption(credentials), settings, clock, random);
        return Map.of("encrypt/status", encrypt, "encrypt/config", encrypt, "cert/rotate", this::rotate,
                "cert/cacerts", new AuthorityRequests(datastore, password(credentials), clock, random),
                "server-bootstrap", (exchange, asker) -> bootstrap(exchange, credentials),
                "server-config", new ConfigRequests(datastore, password(credentials), settings.nodeName(), clock,
                        random),
                "/db/info", (exchange, asker) -> members(exchange),
                "token", new TokenRequests(datastore, new Tokens(layout, settings), credentials, random));
    }

    /// The record in the clear, for servers that join etcd; from disk while there is no datastore.
    private void bootstrap(Exchange exchange, Credentials credentials) throws IOException, Refusal {
        if (!DatastoreKind.managed(settings, layout)) {
            throw new Refusal(400, "etcd disabled");
        }
        Datastore store = datastore.get();
        Optional<Struct> record = store == null ? Optional.empty()
                : new Bootstrap(store, password(credentials).get(), random).read();
        Reply.json(exchange, record.isPresent() ? record.get() : new BootstrapFiles(layout).read(Optional.empty()));
    }

    /// The members of etcd as a server that is none of them knows them, for others that join by this one.
    private void members(Exchange exchange) throws IOException, Refusal {
        if (!settings.disableEtcd()) {
            throw new Refusal(400, "etcd datastore disabled");
        }
        Optional<String> known = PemFiles.read(layout.server("db/etcd-members.json"));
        Reply.json(exchange, known.map(Desk::tree)
                .orElseThrow(() -> new Refusal(503, "the members of etcd are not known yet")));
    }

    private static Struct tree(String text) {
        try {
            return Json.object(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedInput damaged) {
            return Struct.EMPTY;
        }
    }

    /// This server belongs to the cluster: it has the cluster's keys before it writes a Secret.
    void agreed() {
        EncryptionKeeper keeper = encryption;
        if (keeper != null) {
            keeper.step();
        }
    }

    /// What goes on as long as the server runs.
    Upkeep upkeep(Parity.Mine mine, Credentials credentials, Supplier<@Nullable Components> components) {
        EncryptionKeeper keeper = encryption;
        if (keeper != null) {
            keeper.start();
        }
        Drift drift = new Drift(mine, password(credentials), components, new NodeConditions(secrets::api, clock));
        Renewal certificates = renewal == null ? new Renewal(credentials, clock, random, readers) : renewal;
        return new Upkeep(datastore, mine, secrets, clock, drift, certificates);
    }
}
