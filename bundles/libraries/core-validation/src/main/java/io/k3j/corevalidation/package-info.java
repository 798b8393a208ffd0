/// What can be wrong with pods and pod templates, as in upstream's `pkg/apis/core/validation`:
/// [io.k3j.corevalidation.PodProblems] is the entrance, the other classes check parts.
///
/// Pure functions of an object that has been defaulted; safe for any number of threads; nothing blocks, no other object
/// is read. What is wrong is collected in [io.k3j.validation.Problems], all of it, in upstream's words and never
/// thrown: clients and tests compare these messages.
@NullMarked
package io.k3j.corevalidation;

import org.jspecify.annotations.NullMarked;
