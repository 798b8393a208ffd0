/// What every component may know about the process it lives in: the words users name components by, how
/// a component says how it is, which phases of the start there are, how a bundle is replaced while the
/// process runs, and how it cleans up when it is switched off for good.
///
/// The launcher provides [ListeningSockets], [Plan] and [Abort]; the bundle `features` provides [Health],
/// [Components] and [Identities]; components provide [Retire];
/// `supervisor` provides [ClusterDecisions], `gogo` provides [Shell].
@Export
@Version("3.5.0")
@NullMarked
package io.k3j.componentapi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
