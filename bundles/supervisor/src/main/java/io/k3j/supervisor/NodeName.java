package io.k3j.supervisor;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.pki.NodePassword;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Whether this server may run a node of its name beside the others at its database or external etcd. Asked of the
/// datastore, before anything is written:
///
/// ```
///   no Secret of a node's password, or it fits ──► go on
///   does not fit ── the node's Lease is renewed ──► refused
///                └─ it is not ──► go on: the password was lost, and the API is told by an Event
/// ```
///
/// The Lease has to change while it is looked at: what time it says is another machine's, or that of this one before
/// its password was lost.
final class NodeName {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String SECRETS = "/registry/secrets/kube-system/";
    private static final String LEASES = "/registry/leases/kube-node-lease/";
    private static final String SUFFIX = ".node-password.k3s";
    /// A kubelet renews its Lease every ten seconds.
    private static final int LOOKS = 20;
    /// An API server writes its record every three seconds: where nothing is written there is none.
    private static final int QUIET = 7;

    private final String node;
    private final String passwordFile;
    private final boolean shared;
    private final PasswordProof proof;
    private final Cluster.Pause pause;
    private final RandomGenerator random;
    private boolean settled;

    NodeName(Layout layout, Settings settings, Cluster.Pause pause, RandomGenerator random) {
        this.node = settings.nodeName();
        this.passwordFile = Credentials.nodePasswordFile(settings, layout).toString();
        this.shared = Credentials.ownNode(settings) && contested(settings, layout);
        this.proof = new PasswordProof(layout, settings);
        this.pause = pause;
        this.random = random;
    }

    /// Whether servers of other machines may be at the same datastore, without having been let in by etcd under their
    /// names.
    static boolean contested(Settings settings, Layout layout) {
        return !settings.datastoreEndpoint().isEmpty() && !DatastoreKind.managed(settings, layout);
    }

    /// Whether nobody need be asked before this server begins: the machine has proved its name at an earlier start, or
    /// there are no others.
    boolean proven() throws IOException {
        return !shared || proof.hash().isPresent();
    }

    /// Asks; blocks for seconds when the password does not fit.
    /// @throws NameTaken when another machine runs the node
    void check(Datastore datastore, Struct record) throws IOException {
        if (!shared || settled || !datastore.shared()) {
            return;
        }
        Optional<Entry> row = datastore.get(SECRETS + node + SUFFIX);
        Optional<String> hash = row.isEmpty() ? Optional.empty() : NodeHash.of(row.get().value(), record, random);
        if (hash.isPresent() && !fits(hash.get())) {
            LOG.log(Level.WARNING, "This machine has not the password of the Secret kube-system/" + node + SUFFIX
                    + "; looking whether another machine runs the node seconds=" + LOOKS);
            if (lives(datastore)) {
                throw new NameTaken(node, passwordFile, "kube-system/" + node + SUFFIX);
            }
        }
        settled = true;
    }

    private boolean fits(String hash) throws IOException {
        try {
            String password = proof.password();
            return proof.proves(hash) || !password.isEmpty() && NodePassword.matches(password, hash);
        } catch (IllegalArgumentException unknownForm) {
            LOG.log(Level.DEBUG, "A node's password cannot be compared", unknownForm);
            return true;
        }
    }

    private boolean lives(Datastore datastore) throws IOException {
        Optional<Entry> lease = datastore.get(LEASES + node);
        long newest = datastore.revision();
        int quiet = 0;
        for (int look = 0; lease.isPresent() && look < LOOKS && quiet < QUIET; look++) {
            await();
            Optional<Entry> now = datastore.get(LEASES + node);
            if (now.isPresent() && now.get().revision() != lease.get().revision()) {
                return true;
            }
            long revision = datastore.revision();
            quiet = revision == newest ? quiet + 1 : 0;
            newest = revision;
            lease = now;
        }
        return false;
    }

    private void await() throws IOException {
        try {
            if (pause.next(1, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("stopped while looking whether another machine runs the node " + node);
    }
}
