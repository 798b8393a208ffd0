package io.k3j.agent;

import io.k3j.pki.CertificateRequest;
import io.k3j.pki.ClientTls;
import io.k3j.pki.KubeConfig;
import io.k3j.pki.Keys;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.NodePassword;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The node's credentials on disk: its password, its keys, which never leave the node, and its signed
/// certificates.
final class NodeFiles {
    /// Certificates with less time left are renewed.
    static final Duration RENEW_BEFORE = Duration.ofDays(120);
    /// All certificates of a node, in K3s' order of requests.
    static final List<String> LEAVES = List.of("serving-kubelet", "client-kubelet", "client-kube-proxy",
            "client-k3s-controller");

    private final AgentLayout layout;
    private final RandomGenerator random;
    /// The password's file and the directories created for it, as long as no server has accepted the password.
    private final List<Path> unproven = new ArrayList<>();

    NodeFiles(AgentLayout layout, RandomGenerator random) {
        this.layout = layout;
        this.random = random;
    }

    /// The node's password, generated when there is none. The file of older agents is migrated.
    /// @throws Refused when a file holds one that no request can have in its head
    String password() throws IOException, Refused {
        Path file = layout.nodePassword();
        Optional<String> known = kept(file);
        if (known.isPresent()) {
            return known.get();
        }
        Path former = layout.agent("node-password.txt");
        Optional<String> old = kept(former);
        for (Path at = file.toAbsolutePath(); old.isEmpty() && at != null && Files.notExists(at); at = at.getParent()) {
            unproven.add(at);
        }
        String password = old.orElseGet(() -> NodePassword.random(random));
        PemFiles.directory(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        PemFiles.write(file, password + "\n", PemFiles.SECRET);
        Files.deleteIfExists(former);
        return password;
    }

    /// Looked at here: whoever refuses it later says what it is.
    private static Optional<String> kept(Path file) throws IOException, Refused {
        Optional<String> password = PemFiles.read(file).map(String::strip).filter(p -> !p.isEmpty());
        if (password.isPresent() && !password.get().chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new Refused("the node's password in " + file + " is not one line of printable ASCII characters;"
                    + " restore the file, or delete it and, by a server, the Secret NODE.node-password.k3s of"
                    + " kube-system");
        }
        return password;
    }

    /// Deletes a password that was just generated and that no server has accepted.
    void forgetPassword() throws IOException {
        for (Path made : unproven) {
            try {
                Files.deleteIfExists(made);
            } catch (DirectoryNotEmptyException inUse) {
                break;
            }
        }
        unproven.clear();
    }

    /// A certificate request in DER, signed by the node's key of that name, which is generated when missing.
    byte[] request(String leaf, String commonName) throws IOException {
        Path file = layout.agent(leaf + ".key");
        Optional<KeyPair> known = PemFiles.key(file).flatMap(LoadedKey::pair);
        if (known.isPresent() && known.get().getPublic().getAlgorithm().equals("EC")) {
            return CertificateRequest.create(commonName, known.get());
        }
        PemFiles.directory(layout.agent(""));
        KeyPair pair = Keys.elliptic();
        PemFiles.write(file, pair);
        return CertificateRequest.create(commonName, pair);
    }

    /// Saves a signed certificate.
    /// @throws IOException when it is not for the node's key
    void certificate(String leaf, String pem) throws IOException {
        List<X509Certificate> chain = read(pem, leaf);
        Optional<KeyPair> own = PemFiles.key(layout.agent(leaf + ".key")).flatMap(LoadedKey::pair);
        if (own.isEmpty() || !own.get().getPublic().equals(chain.getFirst().getPublicKey())) {
            throw new IOException("the server signed another key than that of " + leaf);
        }
        unproven.clear();
        PemFiles.write(layout.agent(leaf + ".crt"), chain);
    }

    /// Saves the authorities of `client-ca` or `server-ca`.
    void authorities(String name, String pem) throws IOException {
        read(pem, name);
        PemFiles.directory(layout.agent(""));
        writeIfChanged(layout.agent(name + ".crt"), pem, PemFiles.OPEN);
    }

    private static List<X509Certificate> read(String pem, String what) throws IOException {
        try {
            List<X509Certificate> chain = Pem.certificates(pem);
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (IllegalArgumentException malformed) {
            throw new IOException("the server's answer for " + what + " cannot be read: " + malformed.getMessage());
        }
        throw new IOException("the server's answer for " + what + " holds no certificate");
    }

    /// Writes the kubeconfigs of the node's components for this API address.
    void kubeConfigs(URI api) throws IOException {
        kubeConfig(api, "kubelet", "client-kubelet");
        kubeConfig(api, "kubeproxy", "client-kube-proxy");
        kubeConfig(api, "k3scontroller", "client-k3s-controller");
    }

    private void kubeConfig(URI api, String name, String leaf) throws IOException {
        writeIfChanged(layout.agent(name + ".kubeconfig"),
                KubeConfig.ofFiles(api.toString(), layout.agent("server-ca.crt"),
                        layout.agent(leaf + ".crt"), layout.agent(leaf + ".key")),
                PemFiles.SECRET);
    }

    private static void writeIfChanged(Path file, String text, String permissions) throws IOException {
        if (!PemFiles.read(file).equals(Optional.of(text))) {
            PemFiles.write(file, text, permissions);
        }
    }

    /// A certificate of the node with its key; empty when there is none that is valid now.
    Optional<ClientTls.Own> own(String leaf, Instant now) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(layout.agent(leaf + ".crt"));
        Optional<LoadedKey> key = PemFiles.key(layout.agent(leaf + ".key"));
        if (chain.isEmpty() || key.isEmpty() || chain.getFirst().getNotAfter().toInstant().isBefore(now)) {
            return Optional.empty();
        }
        return Optional.of(new ClientTls.Own(chain, key.get().secret()));
    }

    /// The authorities for servers' certificates.
    List<X509Certificate> serverAuthorities() throws IOException {
        return PemFiles.certificates(layout.agent("server-ca.crt"));
    }

    /// Whether all files exist that a start without a server needs.
    boolean complete(Instant now) throws IOException {
        for (String leaf : LEAVES) {
            if (own(leaf, now).isEmpty()) {
                return false;
            }
        }
        return !serverAuthorities().isEmpty() && Files.exists(layout.agent("client-ca.crt"))
                && Files.exists(layout.agent("kubelet.kubeconfig")) && Files.exists(layout.clusterFile());
    }

    /// Whether a certificate has to be renewed.
    boolean due(Instant now) throws IOException {
        for (String leaf : LEAVES) {
            if (own(leaf, now.plus(RENEW_BEFORE)).isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
