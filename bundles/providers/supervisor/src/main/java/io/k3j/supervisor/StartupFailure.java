package io.k3j.supervisor;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.condition.Condition;

/// What becomes of a start that cannot go on. At the start of a server it ends the process. Where another supervisor is
/// at work, which this one was to replace, only this one stops: the replacement is refused with the reason, and the
/// other one goes on with what it has read.
final class StartupFailure {
    /// A server without an API server is never said to be ready, so the start's own phase counts.
    private static final String AT_WORK = "(" + Phases.ID + "=" + Services.PKI_READY + ")";
    private final boolean replacement;
    private final HealthScope health;
    private final Abort abort;

    /// Looks whether another supervisor is at work, which counts until the end of this start.
    StartupFailure(BundleContext context, HealthScope health, Abort abort) {
        this.replacement = atWork(context);
        this.health = health;
        this.abort = abort;
    }

    private static boolean atWork(BundleContext context) {
        try {
            return !context.getServiceReferences(Condition.class, AT_WORK).isEmpty();
        } catch (InvalidSyntaxException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /// Ends the process, or this replacement alone. Returns at once.
    /// @param message what, where and what to type next; no secret
    void tell(String message) {
        if (replacement) {
            health.report(HealthLevel.STOPPED, message);
        } else {
            abort.abort(message);
        }
    }
}
