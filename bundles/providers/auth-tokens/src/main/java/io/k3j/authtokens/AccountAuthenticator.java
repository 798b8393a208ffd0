package io.k3j.authtokens;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import io.k3j.authtokens.VerifiedTokens.Verified;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Authenticates service account tokens: bound ones of TokenRequest, valid while the account and the bound pod,
/// secret or node exist, and legacy ones kept in secrets. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>. Its metrics count uses of legacy
/// ones.
@Component(service = {Authenticator.class, Metrics.class}, property = "service.ranking:Integer=200")
public final class AccountAuthenticator implements Authenticator, Metrics {
    static final String LEGACY_ISSUER = "kubernetes/serviceaccount";
    static final String LEGACY = "kubernetes.io/serviceaccount/";
    private static final String EXTRA = "authentication.kubernetes.io/";
    private static final long LEEWAY_SECONDS = 60;

    private final VerifiedTokens verified = new VerifiedTokens();
    private final AccountKeys keys;
    private final Subjects subjects;
    private final LegacyTokenTracking tracking;
    private final InstantSource clock;

    /// Begins to note uses of tokens that are kept in Secrets.
    ///
    /// @param keys verify the signatures
    /// @param subjects the objects tokens are bound to
    /// @param api of the API server itself, for those notes
    /// @param health where who writes them reports
    @Activate
    public AccountAuthenticator(@Reference AccountKeys keys, @Reference Subjects subjects, @Reference ApiClient api,
            @Reference Health health) {
        this(keys, subjects, new LegacyTokenTracking(api, health, InstantSource.system()).begin(),
                InstantSource.system());
    }

    /// Ends the notes; what waits is forgotten.
    @Deactivate
    public void stop() {
        tracking.close();
    }

    @Override
    public String text() {
        return tracking.text();
    }

    AccountAuthenticator(AccountKeys keys, Subjects subjects, LegacyTokenTracking tracking, InstantSource clock) {
        this.keys = keys;
        this.subjects = subjects;
        this.tracking = tracking;
        this.clock = clock;
    }

    @Override
    public Optional<Caller> authenticate(Credentials credentials) throws BadCredential {
        String bearer = credentials.bearer();
        if (bearer.isEmpty() || bearer.length() > Jwt.MAX_CHARS) {
            return Optional.empty();
        }
        ByteBuffer digest = VerifiedTokens.digest(bearer);
        Verified known = verified.get(digest);
        if (known == null) {
            Jwt token = Jwt.parse(bearer).orElse(null);
            if (token == null || !ours(token.claims().text("iss"))) {
                return Optional.empty();
            }
            known = verify(token);
            verified.put(digest, bearer.length(), known);
        }
        List<String> wanted = credentials.audiences().isEmpty() ? keys.audiences() : credentials.audiences();
        if (legacy(known.claims())) {
            checkLegacy(bearer, known.claims(), wanted);
        } else {
            checkBound(known.claims(), wanted);
        }
        return Optional.of(known.caller());
    }

    private boolean ours(String issuer) {
        return keys.issues(issuer) || issuer.equals(LEGACY_ISSUER);
    }

    private static boolean legacy(Struct claims) {
        return claims.text("iss").equals(LEGACY_ISSUER);
    }

    /// Verifies the signature, once per token. Expiry and bound objects are checked for each request.
    private Verified verify(Jwt token) throws BadCredential {
        if (!keys.signed(token)) {
            throw new BadCredential("service account token is not signed by a key of this cluster");
        }
        Struct claims = token.claims();
        return Verified.of(claims, legacy(claims) ? legacyCaller(claims) : caller(claims));
    }

    private void checkBound(Struct claims, List<String> wanted) throws BadCredential {
        checkAudiences(audiences(claims), wanted);
        checkTimes(claims);
        Struct about = claims.struct("kubernetes.io");
        String namespace = about.text("namespace");
        Struct account = about.struct("serviceaccount");
        checkAccount(namespace, account);
        Struct pod = about.struct("pod");
        if (!pod.isEmpty()) {
            checkExists(subjects.pod(namespace, pod.text("name")), pod, "pod");
        }
        if (!about.struct("secret").isEmpty()) {
            checkExists(subjects.secret(namespace, about.struct("secret").text("name")), about.struct("secret"),
                    "secret");
        }
        Struct node = about.struct("node");
        if (!node.isEmpty() && pod.isEmpty()) {
            checkExists(subjects.node(node.text("name")), node, "node");
        }
    }

    private static Caller caller(Struct claims) {
        Struct about = claims.struct("kubernetes.io");
        Map<String, List<String>> extra = new LinkedHashMap<>();
        if (!claims.text("jti").isEmpty()) {
            extra.put(EXTRA + "credential-id", List.of("JTI=" + claims.text("jti")));
        }
        for (String object : List.of("pod", "node")) {
            Struct bound = about.struct(object);
            if (!bound.isEmpty()) {
                extra.put(EXTRA + object + "-name", List.of(bound.text("name")));
                extra.put(EXTRA + object + "-uid", List.of(bound.text("uid")));
            }
        }
        Struct account = about.struct("serviceaccount");
        return caller(about.text("namespace"), account.text("name"), account.text("uid"), extra);
    }

    private static Caller legacyCaller(Struct claims) {
        return caller(claims.text(LEGACY + "namespace"), claims.text(LEGACY + "service-account.name"),
                claims.text(LEGACY + "service-account.uid"), Map.of());
    }

    /// Shared by all requests with the token, so nobody may change it.
    private static Caller caller(String namespace, String name, String uid, Map<String, List<String>> extra) {
        return new Caller("system:serviceaccount:" + namespace + ":" + name, uid,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace),
                Collections.unmodifiableMap(extra));
    }

    private void checkTimes(Struct claims) throws BadCredential {
        long now = clock.instant().getEpochSecond();
        if (now > claims.whole("exp", 0) + LEEWAY_SECONDS) {
            throw new BadCredential("service account token has expired");
        }
        if (now + LEEWAY_SECONDS < claims.whole("nbf", 0)) {
            throw new BadCredential("service account token is not valid yet");
        }
    }

    private static List<String> audiences(Struct claims) {
        return claims.get("aud") instanceof Seq list ? list.texts() : List.of(claims.text("aud"));
    }

    private static void checkAudiences(List<String> given, List<String> wanted) throws BadCredential {
        if (Collections.disjoint(wanted, given)) {
            throw new BadCredential("token audiences " + quoted(given) + " is invalid for the target audiences "
                    + quoted(wanted));
        }
    }

    private static String quoted(List<String> texts) {
        return texts.isEmpty() ? "[]" : "[\"" + String.join("\" \"", texts) + "\"]";
    }

    private void checkAccount(String namespace, Struct claim) throws BadCredential {
        String name = claim.text("name");
        Obj account = subjects.account(namespace, name).orElse(null);
        if (account == null) {
            throw new BadCredential("serviceaccounts \"" + name + "\" not found");
        }
        if (!account.uid().equals(claim.text("uid"))) {
            throw new BadCredential("service account UID (" + account.uid() + ") does not match claim ("
                    + claim.text("uid") + ")");
        }
        if (deleted(account)) {
            throw new BadCredential("service account " + namespace + "/" + name + " has been deleted");
        }
    }

    private void checkExists(Optional<Obj> found, Struct claim, String what) throws BadCredential {
        Obj object = found.orElse(null);
        if (object == null || deleted(object)) {
            throw new BadCredential("service account token has been invalidated");
        }
        if (!object.uid().equals(claim.text("uid"))) {
            throw new BadCredential(what + " UID (" + object.uid() + ") does not match service account " + what
                    + " ref claim (" + claim.text("uid") + ")");
        }
    }

    /// Whether the object is deleted; one being deleted counts for another minute after its grace period.
    private boolean deleted(Obj object) {
        if (!object.terminating()) {
            return false;
        }
        Instant end = Instant.parse(object.metadata().text("deletionTimestamp")).plusSeconds(LEEWAY_SECONDS);
        return clock.instant().isAfter(end);
    }

    private void checkLegacy(String bearer, Struct claims, List<String> wanted) throws BadCredential {
        checkAudiences(keys.audiences(), wanted);
        String namespace = claims.text(LEGACY + "namespace");
        String name = claims.text(LEGACY + "service-account.name");
        Obj secret = subjects.secret(namespace, claims.text(LEGACY + "secret.name")).orElse(null);
        if (secret == null || secret.terminating()) {
            throw new BadCredential("Token has been invalidated");
        }
        byte[] kept = Base64.getDecoder().decode(secret.tree().struct("data").text("token"));
        if (!MessageDigest.isEqual(kept, bearer.getBytes(StandardCharsets.US_ASCII))) {
            throw new BadCredential("Token does not match server's copy");
        }
        Obj account = subjects.account(namespace, name)
                .orElseThrow(() -> new BadCredential("serviceaccounts \"" + name + "\" not found"));
        String uid = claims.text(LEGACY + "service-account.uid");
        if (!account.uid().equals(uid)) {
            throw new BadCredential("ServiceAccount UID (" + account.uid() + ") does not match claim (" + uid + ")");
        }
        if (!tracking.used(account, secret)) {
            throw new BadCredential("the token in secret " + secret.key() + " for service account " + account.key()
                    + " has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based"
                    + " tokens, or remove the '" + LegacyTokenTracking.INVALID_SINCE + "' label from the secret to"
                    + " temporarily allow use of this token");
        }
    }
}
