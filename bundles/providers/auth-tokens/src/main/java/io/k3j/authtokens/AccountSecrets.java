package io.k3j.authtokens;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Fills Secrets of type `kubernetes.io/service-account-token` at admission, so that the signing key never
/// leaves this bundle: the token controller only deletes and updates them, and a Secret is filled on any write
/// while its account exists. Such a token does not expire; it is valid while account and Secret exist and the
/// Secret contains it. See
/// <https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets>.
@Component(service = Admission.class, property = "order:Integer=65")
public final class AccountSecrets implements Admission {
    static final String TYPE = "kubernetes.io/service-account-token";
    static final String ACCOUNT = "kubernetes.io/service-account.name";
    static final String UID = "kubernetes.io/service-account.uid";
    private final AccountKeys keys;
    private final Subjects subjects;
    private final Supplier<String> authority;

    /// Loads the CA certificate when it is needed first.
    @Activate
    public AccountSecrets(@Reference AccountKeys keys, @Reference Subjects subjects) {
        this(keys, subjects, () -> read(keys.authority()));
    }

    AccountSecrets(AccountKeys keys, Subjects subjects, Supplier<String> authority) {
        this.keys = keys;
        this.subjects = subjects;
        this.authority = authority;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the server's CA certificate " + file, e);
        }
    }

    @Override
    public String name() {
        return "ServiceAccountTokenSecret";
    }

    @Override
    public boolean handles(Write write) {
        return (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE)
                && write.kind().gvr().equals(Subjects.SECRETS) && write.subresource().isEmpty();
    }

    @Override
    public Struct admit(Write write, Struct secret) {
        String name = secret.struct("metadata").text("name");
        boolean immutable = write.before().filter(b -> b.flag("immutable")).isPresent();
        if (!secret.text("type").equals(TYPE) || immutable || name.isEmpty()) {
            return secret;
        }
        Struct annotations = secret.struct("metadata").struct("annotations");
        Optional<Obj> account = subjects.account(write.key().namespace(), annotations.text(ACCOUNT))
                .filter(a -> annotations.text(UID).isEmpty() || annotations.text(UID).equals(a.uid()));
        return account.map(a -> fill(secret, name, a)).orElse(secret);
    }

    private Struct fill(Struct secret, String name, Obj account) {
        Struct data = secret.struct("data").with("ca.crt", encode(authority.get()))
                .with("namespace", encode(account.namespace()));
        if (data.text("token").isEmpty()) {
            data = data.with("token", encode(keys.sign(claims(name, account))));
        }
        return secret.with("data", data).withAt(account.uid(), "metadata", "annotations", UID);
    }

    private static Struct claims(String secret, Obj account) {
        String prefix = AccountAuthenticator.LEGACY;
        return Struct.of("iss", AccountAuthenticator.LEGACY_ISSUER, prefix + "namespace", account.namespace(),
                prefix + "secret.name", secret, prefix + "service-account.name", account.name(),
                prefix + "service-account.uid", account.uid(), "sub",
                "system:serviceaccount:" + account.namespace() + ":" + account.name());
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
