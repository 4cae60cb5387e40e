/**
 * What a label set, its model and a set of probe pictures show about groups of people: the audit of
 * the words ({@link dev.halcyon.app.audit.LabelSetAudit}), the rates on labelled pictures ({@link
 * dev.halcyon.app.audit.GroupRates}), and the gate that a change passes before it is published
 * ({@link dev.halcyon.app.audit.PublishGate}). Everything said here is about one set, one model and
 * one list of probes; nothing infers the group of a person.
 */
package dev.halcyon.app.audit;
