package io.k3j.celapi;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;

/// What `authorizer` is made of: who asks, and who answers. An authorizer that throws makes a check that is
/// `errored()`.
/// Attributes an expression can name and ours have no room for (label selectors) make the question wider, so a yes is
/// never wrong.
public record CelAccess(Caller caller, Authorizer authorizer) {
    /// `authorizer.requestResource`: a check of one resource, ready but for the verb.
    /// @param resource its verb is taken from the expression
    public record Check(CelAccess access, Authorizer.Attributes resource) {
    }
}
