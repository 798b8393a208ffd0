package io.k3j.componentapi;

import org.osgi.annotation.versioning.ConsumerType;

/// Undoes what a component did to the world, because it was switched off for good. A component without
/// this leaves everything as it is.
///
/// **Who.** A provider bundle registers it from a component with the configuration PID
/// `io.k3j.<bundle>.retire` and policy `REQUIRE`; `features` calls it. The settings are those of the
/// bundle itself, whose own PID is absent meanwhile: so the door of the bundle is closed while it retires.
///
/// **Lifetime.** Called once after the name has left the list of wanted features, live or with the next
/// start; then the bundle is stopped.
///
/// **Guarantees.** Never called for a swap, a stop or a lost leadership.
///
/// An implementation gives these, and `io.k3j.testkit.RetireContract` holds it to them:
/// 1. Nothing of what the component has made is left.
/// 2. Called again, or where there is nothing, it changes nothing and does not fail.
/// 3. What it fails at it tells by an exception, and does when it is called again.
/// 4. It ends within 30 s.
@ConsumerType
public interface Retire {
    /// Cleans up; blocks at most 30 s. May be called again after a failure, so it must be repeatable.
    /// @throws Exception when something is left over; it is logged and tried again with the next start
    void retire() throws Exception;
}
