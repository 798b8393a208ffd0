package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.pki.PemFiles;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.function.Predicate;

/// Admits a node that requests a certificate in its name: the node has to present its name and the password it
/// presented the first time. A node that proves its name by its kubelet's certificate still needs the password. The
/// first password for the name of a node that is running counts only with its certificate.
final class NodeGate {
    private final String localNode;
    private final Path localPassword;
    private final NodeSecrets secrets;
    private final boolean remoteApi;
    private final Predicate<String> tunnelled;

    /// @param elsewhere whether the API runs on other servers only: nodes with a token are then admitted before
    ///        the API is reachable, and checked as soon as it is
    /// @param tunnelled whether a node's tunnel to this server is open
    NodeGate(String localNode, Path localPassword, NodeSecrets secrets, boolean remoteApi,
            Predicate<String> tunnelled) {
        this.localNode = localNode;
        this.localPassword = localPassword;
        this.secrets = secrets;
        this.remoteApi = remoteApi;
        this.tunnelled = tunnelled;
    }

    /// The node's name, in lower case. Blocks on the API.
    /// @throws Refusal when name or password are missing or wrong, or cannot be checked now
    String admit(Exchange exchange, Requester requester) throws Refusal {
        String node = exchange.header("k3s-node-name").orElse("").toLowerCase(Locale.ROOT);
        String password = exchange.header("k3s-node-password").orElse("");
        if (node.isEmpty()) {
            throw new Refusal(400, "node name not set");
        }
        if (password.isEmpty()) {
            throw new Refusal(400, "node password not set");
        }
        if (!requester.node().isEmpty() && !requester.node().equals(node)) {
            throw new Refusal(400, "header node name does not match auth node name");
        }
        verify(node, password, requester, exchange.remote().getHostString());
        return node;
    }

    private void verify(String node, String password, Requester requester, String from) throws Refusal {
        if (!secrets.reachable()) {
            if (remoteApi && requester.node().isEmpty()) {
                verifyLater(node, password, from);
            } else {
                verifyLocally(node, password);
            }
            return;
        }
        try {
            if (!requester.node().isEmpty() && !secrets.nodeExists(node)) {
                throw new Refusal(401, "unable to verify node identity");
            }
            if (requester.node().isEmpty() && secrets.lost(node, tunnelled.test(node))) {
                throw new Refusal(403, "node " + node + " is running, but its password, the Secret kube-system/" + node
                        + PasswordOwners.SUFFIX + ", is gone: that node presents it again by its certificate, or by the"
                        + " token a minute after its kubelet has stopped; for another one take another --node-name");
            }
            if (!secrets.ensure(node, password)) {
                throw new Refusal(403, "unable to verify password for node " + node);
            }
        } catch (ApiFault fault) {
            if (fault.code() == 400 || fault.code() == 422) {
                throw new Refusal(400, "node name \"" + node + "\" cannot be used: " + fault.getMessage());
            }
            // an overloaded API must not let a client get the certificate of a node whose password it does not
            // know
            if (!node.equals(localNode)) {
                throw new Refusal(503, "the cluster cannot verify the password of node " + node
                        + " now, try again: " + fault.getMessage());
            }
            verifyLocally(node, password);
        }
    }

    /// A node that would never be checked is not admitted.
    private void verifyLater(String node, String password, String from) throws Refusal {
        if (!secrets.claimLater(node, password, from)) {
            throw new Refusal(503, "runtime core not ready, and too many nodes wait for it, try again");
        }
    }

    private void verifyLocally(String node, String password) throws Refusal {
        if (!node.equals(localNode)) {
            throw new Refusal(503, "runtime core not ready");
        }
        try {
            String known = PemFiles.read(localPassword).orElse("").strip();
            if (known.isEmpty() || !same(known, password)) {
                throw new Refusal(403, "unable to verify local node password");
            }
        } catch (IOException unreadable) {
            throw new Refusal(500, "unable to read node password file");
        }
        secrets.ensureLater(node, password);
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
