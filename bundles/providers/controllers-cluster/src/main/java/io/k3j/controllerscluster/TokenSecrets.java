package io.k3j.controllerscluster;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Reconciles Secrets of type `kubernetes.io/service-account-token` with their ServiceAccounts: deletes one without
/// an account, and rewrites an incomplete one, upon which the API server, which has the signing key, fills it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#token-controller>.
final class TokenSecrets implements Reconciler {
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";
    private static final String UID = "kubernetes.io/service-account.uid";
    private static final String BY_ACCOUNT = "account";
    private final LiveView secrets;
    private final LiveView accounts;
    private final Supplier<String> certificate;

    private TokenSecrets(ControllerContext context, Supplier<String> certificate) {
        this.secrets = context.views().of(BuiltinResources.SECRETS, Query.ALL.where("type", TYPE)).index(BY_ACCOUNT,
                s -> List.of(account(s).toString()));
        this.accounts = context.views().of(BuiltinResources.SERVICE_ACCOUNTS);
        this.certificate = certificate;
    }

    static void add(ControllerContext context, Supplier<String> certificate) {
        TokenSecrets all = new TokenSecrets(context, certificate);
        context.loop("serviceaccount-token-controller", all).on(all.secrets).on(all.accounts,
                a -> all.secrets.by(BY_ACCOUNT, a.key().toString()).stream().map(Obj::key).toList());
    }

    private static Key account(Obj secret) {
        return new Key(secret.namespace(), secret.annotations().getOrDefault(ACCOUNT, ""));
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = secrets.get(key).filter(s -> !s.terminating());
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj secret = found.get();
        String uid = secret.annotations().getOrDefault(UID, "");
        if (accounts.get(account(secret)).filter(a -> owns(a, uid)).isPresent()) {
            if (incomplete(secret)) {
                writer.update(BuiltinResources.SECRETS, secret);
            }
        } else if (writer.api().find(BuiltinResources.SERVICE_ACCOUNTS, account(secret)).filter(a -> owns(a, uid))
                .isEmpty()) {
            writer.delete(BuiltinResources.SECRETS, secret);
        }
        return Requeue.NEVER;
    }

    private static boolean owns(Obj account, String uid) {
        return uid.isEmpty() || uid.equals(account.uid());
    }

    private boolean incomplete(Obj secret) {
        Struct data = secret.tree().struct("data");
        return !secret.tree().flag("immutable") && (data.text("token").isEmpty()
                || !data.text("ca.crt").equals(encoded(certificate.get()))
                || !data.text("namespace").equals(encoded(secret.namespace())));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
