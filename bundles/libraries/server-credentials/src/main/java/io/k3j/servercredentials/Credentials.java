package io.k3j.servercredentials;

import io.k3j.pki.Keys;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.NodePassword;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Everything a server needs to prove who it is and to admit others. Made in two steps, because the first
/// start of a cluster waits for some of it only: a key pair costs a cold process milliseconds, and there are
/// almost thirty.
///
/// Files are written whole or not at all, keys and tokens for their owner only (0600, directories 0700). What is there
/// and still right keeps its bytes, so a restart writes nothing. Not locked: `supervisor` runs the steps one after the
/// other.
///
/// @param layout where they lie
/// @param settings what they were made for
/// @param authorities those that are needed
/// @param passwords who may ask the supervisor by password
public record Credentials(ServerLayout layout, SupervisorSettings settings, Authorities authorities,
        PasswordFile passwords) {
    /// As K3s; written as twice as many hexadecimal digits.
    private static final int PSK_BYTES = 48;

    /// First step: keeps what is there, makes what others wait for and is missing or runs out. Without [#serviceKey].
    /// Blocks for the disk, and some milliseconds for each key. The order matters: authorities before leaves, which
    /// they sign; leaves before the administrator's kubeconfig, which holds one.
    /// @param now the time of day, where validities begin
    /// @param random for serial numbers, passwords and the rest; keys have a source of their own
    /// @throws IOException naming a file that is damaged or has lost its other half; nothing was overwritten
    public static Credentials ensure(SupervisorSettings settings, ServerLayout layout, Instant now,
            RandomGenerator random)
            throws IOException {
        directories(layout, settings);
        JoinTokens tokens = new JoinTokens(layout, settings);
        PasswordFile passwords = tokens.ensurePasswords(random);
        Authorities authorities = Authorities.ensure(layout, now, random, Issuer.NEEDED);
        Parallel leaves = new Parallel();
        for (LeafCertificate leaf : LeafCertificates.needed(layout, settings)) {
            leaves.add(() -> leaf.ensure(authorities, now, random));
        }
        leaves.add(() -> tokens.complete(passwords, Files.readString(layout.tls("server-ca.crt"))));
        if (ownNode(settings)) {
            node(leaves, settings, layout, authorities);
            leaves.add(() -> nodePassword(nodePasswordFile(settings, layout), random));
        }
        leaves.finish();
        KubeConfigs files = new KubeConfigs(layout, settings);
        files.ofServer();
        files.ofAdministrator();
        return new Credentials(layout, settings, authorities, passwords);
    }

    /// Whether this server has a node whose credentials are made here. Without an API server the node joins like any
    /// other.
    public static boolean ownNode(SupervisorSettings settings) {
        return !settings.disableAgent() && !settings.disableApiserver();
    }

    /// The agent's side of this very server: what another node is sent by the supervisor is copied here.
    private static void node(Parallel work, SupervisorSettings settings, ServerLayout layout, Authorities authorities) {
        work.add(() -> PemFiles.write(layout.agent("client-ca.crt"), authorities.get(Issuer.CLIENT).chain()));
        work.add(() -> PemFiles.write(layout.agent("server-ca.crt"), authorities.get(Issuer.SERVER).chain()));
        work.add(() -> new KubeConfigs(layout, settings).ofNode());
    }

    /// Second step: the same for everything else K3s has. Blocks as the first one does.
    /// @param now as in the first step
    /// @return the authority for front proxies, without those above it: they may vouch for others, too
    /// @throws IOException as the first one does
    public X509Certificate complete(Instant now, RandomGenerator random) throws IOException {
        Parallel work = new Parallel();
        for (LeafCertificate leaf : LeafCertificates.others(layout, settings)) {
            work.add(() -> leaf.ensure(authorities, now, random));
        }
        work.add(() -> sharedKey(layout.tls("client-kubelet.key")));
        work.add(() -> sharedKey(layout.tls("serving-kubelet.key")));
        work.add(() -> preSharedKey(layout.cred("ipsec.psk"), random));
        Authorities others = Authorities.ensure(layout, now, random, Issuer.OTHERS);
        for (LeafCertificate leaf : LeafCertificates.ofOtherAuthorities(layout, settings)) {
            work.add(() -> leaf.ensure(others, now, random));
        }
        work.finish();
        return others.get(Issuer.REQUEST_HEADER).certificate();
    }

    /// Writes the token files for the password that opens the cluster's records. To be called once the datastore has
    /// said so: until then `server/token` is left alone where it has another one. Blocks for the disk.
    /// @throws IOException naming the file that cannot be written
    public void admitted() throws IOException {
        new JoinTokens(layout, settings).write(passwords, Files.readString(layout.tls("server-ca.crt")));
    }

    /// Their owner's alone from the moment they exist.
    private static void directories(ServerLayout layout, SupervisorSettings settings) throws IOException {
        PemFiles.directory(layout.tls("etcd"));
        PemFiles.directory(layout.tls("kube-controller-manager"));
        PemFiles.directory(layout.tls("kube-scheduler"));
        PemFiles.directory(layout.tls("temporary-certs"));
        PemFiles.directory(Objects.requireNonNull(layout.cred("passwd").getParent()));
        if (ownNode(settings)) {
            PemFiles.directory(Objects.requireNonNull(layout.agent("client-ca.crt").getParent()));
        }
    }

    /// The keys of service account tokens: all that count, and the one that signs. Making one takes a cold process half
    /// a second of CPU, so nobody waits for it who does not sign or check tokens. `service.key` may hold several, for
    /// tokens signed before a rotation; its first is copied to `service.current.key`, which signs.
    /// @throws IOException when the key that is there is of no known kind; naming a file that cannot be read or written
    public static void serviceKey(ServerLayout layout) throws IOException {
        Path all = layout.tls("service.key");
        Path current = layout.tls("service.current.key");
        Optional<LoadedKey> first = PemFiles.key(all);
        if (first.isEmpty()) {
            KeyPair made = Keys.rsa();
            PemFiles.write(all, made);
            PemFiles.write(current, made);
            return;
        }
        String signing = first.get().pair().map(Pem::encode).orElse("");
        if (signing.isEmpty()) {
            throw new IOException(all + " holds a key of no known kind; use an RSA or P-256 key");
        }
        if (!PemFiles.read(current).equals(Optional.of(signing))) {
            PemFiles.write(current, signing, PemFiles.SECRET);
        }
    }

    /// A key that agents without requests of their own once shared. K3s keeps it for agents that bring no key of their
    /// own.
    private static void sharedKey(Path file) throws IOException {
        if (Files.notExists(file)) {
            PemFiles.write(file, Keys.elliptic());
        }
    }

    /// For flannel's backend `ipsec`, which K3s had; the bootstrap record has a field for it.
    private static void preSharedKey(Path file, RandomGenerator random) throws IOException {
        if (Files.notExists(file) || Files.size(file) == 0) {
            byte[] secret = new byte[PSK_BYTES];
            random.nextBytes(secret);
            PemFiles.write(file, HexFormat.of().formatHex(secret) + "\n", PemFiles.SECRET);
        }
    }

    /// Where this node's own password lies: on the machine, not in the data directory, so that it survives the removal
    /// of the latter. Pure. By it a machine that joins again under its old name proves that it is the same.
    public static Path nodePasswordFile(SupervisorSettings settings, ServerLayout layout) {
        boolean root = "root".equals(System.getProperty("user.name"));
        return root && !settings.rootless()
                ? Path.of("/etc/rancher/node/password")
                : layout.agent("etc/rancher/node/password");
    }

    /// A password that is there is never replaced: the cluster has its hash. An empty one proves nothing and is none.
    private static void nodePassword(Path file, RandomGenerator random) throws IOException {
        if (PemFiles.read(file).filter(known -> !known.isBlank()).isEmpty()) {
            Files.createDirectories(file.getParent());
            PemFiles.write(file, NodePassword.random(random) + "\n", PemFiles.SECRET);
        }
    }
}
