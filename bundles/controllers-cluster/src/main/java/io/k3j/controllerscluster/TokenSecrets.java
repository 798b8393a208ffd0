package io.k3j.controllerscluster;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Keeps Secrets of type `kubernetes.io/service-account-token` with their ServiceAccounts: one whose account is not
/// there is deleted, one that lacks something is written again, upon which the API server, which has the key, fills it.
/// See <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#token-controller>.
final class TokenSecrets implements Reconciler {
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";
    private static final String UID = "kubernetes.io/service-account.uid";
    private static final String BY_ACCOUNT = "account";
    private final LiveView secrets;
    private final LiveView accounts;
    private final Supplier<String> certificate;

    private TokenSecrets(Desk desk, Supplier<String> certificate) {
        this.secrets = desk.views().of(Resources.SECRETS, Query.ALL.where("type", TYPE)).index(BY_ACCOUNT,
                s -> List.of(account(s).toString()));
        this.accounts = desk.views().of(Resources.SERVICE_ACCOUNTS);
        this.certificate = certificate;
    }

    static void add(Desk desk, Supplier<String> certificate) {
        TokenSecrets all = new TokenSecrets(desk, certificate);
        desk.loop("serviceaccount-token-controller", all).on(all.secrets).on(all.accounts,
                a -> all.secrets.by(BY_ACCOUNT, a.key().toString()).stream().map(Obj::key).toList());
    }

    private static Key account(Obj secret) {
        return new Key(secret.namespace(), secret.annotations().getOrDefault(ACCOUNT, ""));
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = secrets.get(key).filter(s -> !s.terminating());
        if (found.isEmpty()) {
            return Again.NEVER;
        }
        Obj secret = found.get();
        String uid = secret.annotations().getOrDefault(UID, "");
        if (accounts.get(account(secret)).filter(a -> owns(a, uid)).isPresent()) {
            if (lacking(secret)) {
                writer.update(Resources.SECRETS, secret);
            }
        } else if (writer.api().find(Resources.SERVICE_ACCOUNTS, account(secret)).filter(a -> owns(a, uid))
                .isEmpty()) {
            writer.delete(Resources.SECRETS, secret);
        }
        return Again.NEVER;
    }

    private static boolean owns(Obj account, String uid) {
        return uid.isEmpty() || uid.equals(account.uid());
    }

    private boolean lacking(Obj secret) {
        Struct data = secret.tree().struct("data");
        return !secret.tree().flag("immutable") && (data.text("token").isEmpty()
                || !data.text("ca.crt").equals(encoded(certificate.get()))
                || !data.text("namespace").equals(encoded(secret.namespace())));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
