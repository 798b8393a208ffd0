package io.k3j.apiaccess;

import io.k3j.apimachinery.Names;
import io.k3j.model.Key;
import java.util.Optional;

/// Names of users that have a form of their own: those of nodes and of ServiceAccounts. Pure.
final class UserNames {
    private static final String NODE = "system:node:";
    private static final String ACCOUNT = "system:serviceaccount:";

    private UserNames() {
    }

    /// The node that is called so; empty for anybody else, and for a name that no node can have.
    static Optional<String> node(String user) {
        return user.startsWith(NODE) ? Optional.of(user.substring(NODE.length()))
                .filter(name -> Names.subdomain(name).isEmpty()) : Optional.empty();
    }

    /// The ServiceAccount that is called so; empty for anybody else, and for a name that none can have.
    static Optional<Key> account(String user) {
        int colon = user.indexOf(':', ACCOUNT.length());
        if (!user.startsWith(ACCOUNT) || colon < 0) {
            return Optional.empty();
        }
        Key account = new Key(user.substring(ACCOUNT.length(), colon), user.substring(colon + 1));
        return Names.label(account.namespace()).isEmpty() && Names.subdomain(account.name()).isEmpty()
                ? Optional.of(account) : Optional.empty();
    }
}
