package io.k3j.delegatedaccess;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.TimeSource;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.pki.SubjectNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Who asks, and what the API server lets him do. A client certificate names its user itself; a bearer token is shown
/// to the API server by `TokenReview`; `SubjectAccessReview` says what is allowed. Any thread; blocks while the API
/// server is asked, [ReviewTurns#MOST] times at once at most. Nothing is allowed while it cannot be asked.
public final class AccessReviews {
    private static final Gvr TOKENS = new Gvr("authentication.k8s.io", "v1", "tokenreviews");
    private static final Gvr ACCESS = new Gvr("authorization.k8s.io", "v1", "subjectaccessreviews");
    /// Reviews are created and not kept: they have no name.
    private static final Key NO_KEY = Key.of("");
    private static final String BEARER = "bearer ";
    /// Characters of the header. Whatever is longer is no token and is not worth a digest.
    private static final int LONGEST_TOKEN = 64 * 1024;
    /// Characters of a question whose answer is remembered: whoever asks for paths chooses them.
    private static final int LONGEST_KEPT = 10_000;
    /// How long a request waits for a turn of its address, and of all, before it is told 503.
    private static final Duration WAIT = Duration.ofSeconds(5);
    private final ApiClient api;
    private final Lifetimes lives;
    private final ReviewTurns turns = new ReviewTurns();
    /// By digest of the token, so that no token lies in memory longer than its request. Whom the API server did not
    /// know is [User#NOBODY] in it.
    private final AnswerCache<User> users;
    /// By the whole question: who, and what.
    private final AnswerCache<Boolean> answers;

    /// Who asks, as `UserInfo` of a TokenReview; without a name it is nobody.
    ///
    /// @param uid empty for a certificate
    /// @param extra whatever the authenticator adds; it goes into the SubjectAccessReview unread
    public record User(String name, String uid, List<String> groups, Struct extra) {
        /// Who has shown nothing that says who he is.
        public static final User NOBODY = new User("", "", List.of(), Struct.EMPTY);

        /// Copies the list.
        public User {
            groups = List.copyOf(groups);
        }

        /// Whether nobody is known to ask.
        public boolean nobody() {
            return name.isEmpty();
        }
    }

    /// How long answers are good for; one that allows something stays in force so long after it was withdrawn.
    ///
    /// @param authenticated of a token whose user is known
    /// @param notAuthenticated of any other token
    /// @param authorized of what is allowed
    /// @param notAuthorized of what is not
    public record Lifetimes(Duration authenticated, Duration notAuthenticated, Duration authorized,
            Duration notAuthorized) {
    }

    /// @param api asked as whoever may create both reviews
    /// @param clock by whose monotonic clock answers grow old
    public AccessReviews(ApiClient api, TimeSource clock, Lifetimes lives) {
        this.api = api;
        this.lives = lives;
        users = new AnswerCache<>(clock.monotonic());
        answers = new AnswerCache<>(clock.monotonic());
    }

    /// Who asks. A certificate was verified against the port's client authorities before the request got here, so its
    /// subject is taken at its word: the common name is the user, each organization a group (Authenticating, X.509
    /// client certificates). With a certificate no token is looked at. A header of any other scheme is nobody.
    ///
    /// @return [User#NOBODY] for who shows neither, or a token that the API server does not know
    /// @throws ReviewFailure when the API server cannot be asked
    public User user(Exchange x) {
        if (!x.clientCertificates().isEmpty()) {
            SubjectNames who = SubjectNames.of(x.clientCertificates().getFirst().getSubjectX500Principal());
            List<String> groups = new ArrayList<>(who.organizations());
            groups.add("system:authenticated");
            return new User(who.commonName(), "", groups, Struct.EMPTY);
        }
        Optional<String> token = token(x);
        if (token.isEmpty()) {
            return User.NOBODY;
        }
        String digest = digest(token.get());
        return users.find(digest).orElseGet(() -> {
            User found = reviewed(x, token.get());
            users.keep(digest, found, found.nobody() ? lives.notAuthenticated : lives.authenticated);
            return found;
        });
    }

    /// Whether a request shows a bearer token, whoever's that is.
    public static boolean showsToken(Exchange x) {
        return token(x).isPresent();
    }

    private static Optional<String> token(Exchange x) {
        String given = x.header("authorization").orElse("").strip();
        if (!given.toLowerCase(Locale.ROOT).startsWith(BEARER) || given.length() > LONGEST_TOKEN) {
            return Optional.empty();
        }
        return Optional.of(given.substring(BEARER.length()).strip()).filter(token -> !token.isEmpty());
    }

    private static String digest(String token) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private User reviewed(Exchange x, String token) {
        Struct status = ask(x, TOKENS, "TokenReview", Struct.of("token", token));
        Struct user = status.struct("user");
        return status.flag("authenticated") ? new User(user.text("username"), user.text("uid"),
                user.seq("groups").texts(), user.struct("extra")) : User.NOBODY;
    }

    /// Whether a user may do something. `denied` wins over `allowed`, as SubjectAccessReview's status has it.
    ///
    /// @param attributes the field of the review's spec, `resourceAttributes` or `nonResourceAttributes`
    /// @param what what that field says
    /// @throws ReviewFailure when the API server cannot be asked
    public boolean allowed(Exchange x, User user, String attributes, Struct what) {
        String question = String.join("\n", user.name, user.uid, user.groups.toString(), user.extra.toString(),
                attributes, what.toString());
        return answers.find(question).orElseGet(() -> {
            Struct status = ask(x, ACCESS, "SubjectAccessReview", Struct.builder().put(attributes, what)
                    .put("user", user.name).putUnlessEmpty("uid", user.uid).put("groups", user.groups)
                    .putUnlessEmpty("extra", user.extra).build());
            boolean yes = status.flag("allowed") && !status.flag("denied");
            if (question.length() <= LONGEST_KEPT) {
                answers.keep(question, yes, yes ? lives.authorized : lives.notAuthorized);
            }
            return yes;
        });
    }

    /// @return the status of the review
    /// @throws ReviewFailure 503 after [#WAIT] without a turn, 500 when the API server refuses or is away
    private Struct ask(Exchange x, Gvr what, String kind, Struct spec) {
        String address = x.remote().getHostString();
        try {
            if (!turns.begin(address, WAIT)) {
                throw new ReviewFailure(503, "too many requests wait for a " + kind + "; try again later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReviewFailure(503, "this port stops");
        }
        try {
            return api.post(what, NO_KEY, "", Struct.of("apiVersion", what.group() + "/v1", "kind", kind, "metadata",
                    Struct.EMPTY, "spec", spec)).struct("status");
        } catch (ApiFault e) {
            throw new ReviewFailure(500, kind + " failed: " + e.getMessage());
        } finally {
            turns.end(address);
        }
    }
}
