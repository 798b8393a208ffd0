package io.k3j.apiaccess;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import java.util.List;

/// In which ways somebody may act as somebody else, in the order in which they are tried: the constrained ones, which
/// take a permission for each thing that is done under the other's name (`impersonate-on:<mode>:<verb>`), before the
/// one that takes none. See <https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/>.
enum ImpersonationMode {
    /// A ServiceAccount whose token says on which node its pod runs, as this node.
    ASSOCIATED_NODE("impersonate:associated-node"),
    /// Any node.
    ARBITRARY_NODE("impersonate:arbitrary-node"),
    /// A ServiceAccount.
    SERVICE_ACCOUNT("impersonate:serviceaccount"),
    /// A user who is neither, with groups, UID and extra values.
    USER_INFO("impersonate:user-info"),
    /// Anybody, for whatever he may do.
    PLAIN("impersonate");

    private static final String MODE = "impersonate:";
    private static final String NODE_NAME = "authentication.kubernetes.io/node-name";

    private final String verb;

    ImpersonationMode(String verb) {
        this.verb = verb;
    }

    /// What is asked for with each part of the user who is wanted.
    String verb() {
        return verb;
    }

    /// Whether it takes a permission for what is done.
    boolean constrained() {
        return this != PLAIN;
    }

    /// What an audit event calls it; empty for [#PLAIN].
    String constraint() {
        return constrained() ? verb : "";
    }

    /// What a request is about, as a constrained mode asks for it.
    Attributes on(Attributes what) {
        return new Attributes("impersonate-on:" + verb.substring(MODE.length()) + ":" + what.verb(), what.group(),
                what.version(), what.resource(), what.subresource(), what.namespace(), what.name(), what.path(),
                what.fields(), what.labels());
    }

    /// Whether it is a way for one to act as the other at all, whatever he is allowed.
    boolean applies(Caller real, Caller wanted) {
        return switch (this) {
            case ASSOCIATED_NODE -> nothingButName(wanted) && associated(real, wanted.user());
            case ARBITRARY_NODE -> nothingButName(wanted) && UserNames.node(wanted.user()).isPresent();
            case SERVICE_ACCOUNT -> nothingButName(wanted) && UserNames.account(wanted.user()).isPresent();
            case USER_INFO -> UserNames.node(wanted.user()).isEmpty() && UserNames.account(wanted.user()).isEmpty();
            case PLAIN -> true;
        };
    }

    private static boolean nothingButName(Caller wanted) {
        return wanted.uid().isEmpty() && wanted.groups().isEmpty() && wanted.extra().isEmpty();
    }

    /// The authenticator of ServiceAccounts' tokens has looked whether the pod is on that node.
    private static boolean associated(Caller real, String user) {
        return UserNames.account(real.user()).isPresent() && UserNames.node(user)
                .filter(node -> List.of(node).equals(real.extra().get(NODE_NAME))).isPresent();
    }
}
