package io.k3j.supervisor;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.pki.NodePassword;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Whether this server may run a node of its name next to the other servers at the same database or external
/// etcd. Asks the datastore before anything is written:
///
/// ```
///   no Secret with a node password, or it matches ──► continue
///   it does not match ── the node's Lease is renewed ──► refuse
///                     └─ it is not ──► continue: the password was lost, and an Event reports it
/// ```
///
/// Only a renewal observed meanwhile counts. The time in the Lease proves nothing: it may come from this
/// machine before it lost its password.
final class NodeName {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String SECRETS = "/registry/secrets/kube-system/";
    private static final String LEASES = "/registry/leases/kube-node-lease/";
    /// Seconds to observe the Lease: two renewals, as a kubelet renews every ten seconds.
    private static final int MAX_POLLS = 20;
    /// Seconds without any write after which no API server runs: each writes its own record every three
    /// seconds.
    private static final int QUIET_POLLS = 7;

    private final String node;
    private final String passwordFile;
    private final boolean shared;
    private final PasswordProof proof;
    private final ClusterMembership.Pause pause;
    private final NodeHash hashes;
    private boolean settled;

    NodeName(ServerLayout layout, SupervisorSettings settings, ClusterMembership.Pause pause, RandomGenerator random) {
        this.node = settings.nodeName();
        this.passwordFile = Credentials.nodePasswordFile(settings, layout).toString();
        this.shared = Credentials.ownNode(settings) && contested(settings, layout);
        this.proof = new PasswordProof(layout, settings);
        this.pause = pause;
        this.hashes = new NodeHash(settings, random);
    }

    /// Whether servers on other machines may use the same datastore without etcd having admitted them by name.
    static boolean contested(SupervisorSettings settings, ServerLayout layout) {
        return !settings.datastoreEndpoint().isEmpty() && !DatastoreKind.managed(settings, layout);
    }

    /// Whether this server can start without asking: the machine proved its name at an earlier start, or no
    /// other server shares the datastore.
    boolean proven() throws IOException {
        return !shared || proof.hash().isPresent();
    }

    /// Checks the name; blocks up to 20 seconds when the password does not match.
    /// @throws NameTaken when another machine runs the node
    void check(Datastore datastore, Struct record) throws IOException {
        if (!shared || settled || !datastore.shared()) {
            return;
        }
        // once more at last: it may have come back, and its copy have gone, between the first two questions
        Optional<Entry> row = datastore.get(SECRETS + node + PasswordOwners.SUFFIX)
                .or(() -> datastore.get(SECRETS + node + PasswordOwners.COPY))
                .or(() -> datastore.get(SECRETS + node + PasswordOwners.SUFFIX));
        Optional<String> hash = row.isEmpty() ? Optional.empty() : hashes.of(row.get(), record);
        if (hash.isPresent() && !matches(hash.get())) {
            LOG.log(Level.WARNING, "This machine has not the password of the Secret kube-system/" + node
                    + PasswordOwners.SUFFIX + "; looking whether another machine runs the node seconds=" + MAX_POLLS);
            if (leaseRenewed(datastore)) {
                throw new NameTaken(node, passwordFile, "kube-system/" + node + PasswordOwners.SUFFIX);
            }
        }
        settled = true;
    }

    private boolean matches(String hash) throws IOException {
        try {
            String password = proof.password();
            return proof.proves(hash) || !password.isEmpty() && NodePassword.matches(password, hash);
        } catch (IllegalArgumentException unknownForm) {
            LOG.log(Level.DEBUG, "A node's password cannot be compared", unknownForm);
            return true;
        }
    }

    private boolean leaseRenewed(Datastore datastore) throws IOException {
        Optional<Entry> lease = datastore.get(LEASES + node);
        long newest = datastore.revision();
        int quiet = 0;
        for (int poll = 0; lease.isPresent() && poll < MAX_POLLS && quiet < QUIET_POLLS; poll++) {
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
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("stopped while looking whether another machine runs the node " + node);
    }
}
