package io.k3j.authnode;

import io.k3j.apiserverapi.Authorizer.Attributes;
import java.util.Set;

/// Why a node may not ask for something, whatever it has to do with the object, in upstream's words, which a refusal
/// tells. Empty where it may. Pure.
final class NodeReasons {
    static final String NO_NAME = "No Object name found";
    private static final Set<String> OWN = Set.of("get", "create", "update", "patch", "delete");

    private NodeReasons() {
    }

    /// Of what may be read one by one, by lists and watches, too.
    static String read(Attributes what) {
        if (!NodeRules.reads(what)) {
            return "can only read resources of this type";
        }
        if (!what.subresource().isEmpty()) {
            return "cannot read subresource";
        }
        return what.namespace().isEmpty() ? "can only read namespaced object of this type" : named(what);
    }

    /// Of what may be got only.
    static String get(Attributes what) {
        if (!what.verb().equals("get")) {
            return "can only get individual resources of this type";
        }
        return what.subresource().isEmpty() ? named(what) : "cannot get subresource";
    }

    /// Of the status of an object.
    static String status(Attributes what) {
        boolean changes = what.verb().equals("update") || what.verb().equals("patch");
        return changes ? named(what) : "can only get/update/patch this type";
    }

    /// Of a service account, which is got, or whose tokens are made.
    static String account(Attributes what) {
        if (what.verb().equals("get") && what.subresource().isEmpty()) {
            return read(what);
        }
        if (!what.verb().equals("create") || what.name().isEmpty()) {
            return "can only create tokens for individual service accounts";
        }
        return what.subresource().equals("token") ? "" : "can only create token subresource of serviceaccount";
    }

    /// Of the lease by which a node tells that it lives.
    static String lease(String node, Attributes what) {
        if (!OWN.contains(what.verb())) {
            return "can only get, create, update, patch, or delete a node lease";
        }
        if (!what.namespace().equals("kube-node-lease")) {
            return "can only access leases in the \"kube-node-lease\" system namespace";
        }
        return own(node, what) ? "" : "can only access node lease with the same name as the requesting node";
    }

    /// Of the object that tells which volume drivers a node has.
    static String csiNode(String node, Attributes what) {
        if (!OWN.contains(what.verb())) {
            return "can only get, create, update, patch, or delete a CSINode";
        }
        if (!what.subresource().isEmpty()) {
            return "cannot authorize CSINode subresources";
        }
        return own(node, what) ? "" : "can only access CSINode with the same name as the requesting node";
    }

    private static String named(Attributes what) {
        return what.name().isEmpty() ? NO_NAME : "";
    }

    /// The name of an object to be made is not known here.
    private static boolean own(String node, Attributes what) {
        return what.verb().equals("create") || what.name().equals(node);
    }
}
