/// What a controller is made of: a live cache of the objects it looks at ([LiveView]), a queue of the keys that may
/// need work ([WorkQueue]), a loop that takes one key at a time ([Controller]) and something that brings one object
/// nearer to what is wanted ([Reconciler]). The words are those of controller-runtime and client-go ("Controllers"
/// of Kubernetes' concepts).
///
/// ```
/// ApiClient ─► LiveView ─► WorkQueue ─► Controller.step() ─► Reconciler ─► ExpectingWriter ─► ApiClient
///                  ▲                                                              │
///                  └──────── a key waits until the views show what it wrote ◄─────┘
/// ```
///
/// Nothing here owns a thread but [ControllerRunner] and a [LiveView] whose client refuses for now, and nothing
/// reads the time but through the clock it was given: a test, or a simulation of the whole control plane, drives
/// the same loops by [Controller#step()]. What fails is tried again, later each time; it is told by
/// [Controller#trouble], not thrown. Everything may be ended at any moment: what is wanted is in the API, and the
/// next run begins from what is there.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.controllerkit;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
