package io.k3j.authoidc;

import io.k3j.authoidc.JwtConfiguration.ClaimRule;
import io.k3j.authoidc.JwtConfiguration.Extra;
import io.k3j.celapi.Cel;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelProgram;
import io.k3j.celapi.CelType;
import io.k3j.celapi.CelType.Simple;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Compiles the expressions of one configuration by one engine, each once: those of claims see `claims`, those of users
/// `user`. Loads nothing of the engine before the first. One thread.
final class ClaimExpressions {
    private static final String CLAIMS = "claims";
    private static final String USER = "user";
    private final Cel cel;
    private final Map<String, Outcome> claims = new HashMap<>();
    private final Map<String, Outcome> users = new HashMap<>();
    private @Nullable CelEnvironment claimsEnvironment;
    private @Nullable CelEnvironment userEnvironment;

    /// What came of an expression.
    /// @param program null where there is a problem
    /// @param problem in upstream's words; empty for none
    record Outcome(@Nullable CelProgram program, String problem) {
    }

    ClaimExpressions(Cel cel) {
        this.cel = cel;
    }

    /// An expression of claims.
    /// @param rule whether it must say yes or no; upstream wants that to be known before it is evaluated
    Outcome claims(String expression, boolean rule) {
        Outcome known = claims.computeIfAbsent(expression, e -> compiled(ofClaims(), e));
        return rule ? yesOrNo(known) : known;
    }

    /// An expression of the user, which must say yes or no.
    Outcome user(String expression) {
        return yesOrNo(users.computeIfAbsent(expression, e -> compiled(ofUser(), e)));
    }

    private static Outcome compiled(CelEnvironment environment, String expression) {
        return switch (environment.compile(expression)) {
            case CelCompilation.Done(CelProgram program) -> new Outcome(program, "");
            case CelCompilation.Failed(String detail) -> new Outcome(null, detail);
        };
    }

    private static Outcome yesOrNo(Outcome outcome) {
        CelProgram program = outcome.program();
        return program == null || program.type() instanceof CelType.Computed(String name, Object _)
                && name.equals("bool") ? outcome : new Outcome(null, "must evaluate to bool");
    }

    private CelEnvironment ofClaims() {
        CelEnvironment known = claimsEnvironment;
        if (known == null) {
            known = cel.environment(CelDeclarations.of(Map.of(CLAIMS, new CelType.MapOf(Simple.DYN))));
            claimsEnvironment = known;
        }
        return known;
    }

    private CelEnvironment ofUser() {
        CelEnvironment known = userEnvironment;
        if (known == null) {
            Map<String, CelType> fields = new LinkedHashMap<>();
            fields.put("username", Simple.STRING);
            fields.put("uid", Simple.STRING);
            fields.put("groups", new CelType.ListOf(Simple.STRING));
            fields.put("extra", new CelType.MapOf(new CelType.ListOf(Simple.STRING)));
            known = cel.environment(
                    CelDeclarations.of(Map.of(USER, new CelType.Fields("kubernetes.UserInfo", fields))));
            userEnvironment = known;
        }
        return known;
    }

    /// Whether a name is made of an address that nobody has verified: then whoever registers another's address at the
    /// issuer is that user.
    boolean usesUnverifiedEmail(JwtConfiguration jwt) {
        return uses(jwt.username().expression(), "email") && Stream.of(Stream.of(jwt.username().expression()),
                jwt.extra().stream().map(Extra::valueExpression), jwt.claimRules().stream().map(ClaimRule::expression))
                .flatMap(e -> e).noneMatch(e -> uses(e, "email_verified"));
    }

    private boolean uses(String expression, String claim) {
        CelProgram program = expression.isEmpty() ? null : claims(expression, false).program();
        return program != null && program.uses(CLAIMS, claim);
    }
}
